"""Every fact has a test that names it, and every test names a fact."""

from __future__ import annotations

from behaviour_coverage import coverage
from behaviour_items import ITEMS
from mutate import PACKAGE, RECORD, items_of, start_of_row
from mutations import MUTATIONS

FACTS = [f"{section}: {fact}" for section, facts in ITEMS.items() for fact in facts]


def test_every_item_is_tested() -> None:
    tested = coverage()
    assert [fact for fact in FACTS if fact not in tested] == []


def test_every_test_names_a_known_item() -> None:
    assert sorted(set(coverage()) - set(FACTS)) == []


def test_no_item_stands_twice() -> None:
    assert len(FACTS) == len(set(FACTS))


def test_every_item_has_a_mutation_that_its_tests_must_notice() -> None:
    broken = {item for mutation in MUTATIONS for item in items_of(mutation)}
    assert [fact for fact in FACTS if fact not in broken] == []


def test_no_mutation_is_stale() -> None:
    stale = []
    for mutation in MUTATIONS:
        try:
            mutation.changed(PACKAGE)
        except LookupError as error:
            stale.append(str(error))
    assert stale == [], "write these mutations anew in mutations.py, for today's lines of the package"


def test_the_record_says_of_each_mutation_that_it_was_caught() -> None:
    rows = [line for line in RECORD.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    mutations = [start_of_row(item, mutation.title) for mutation in MUTATIONS for item in items_of(mutation)]
    unrecorded = [start for start in mutations if not any(row.startswith(f"{start} caught") for row in rows)]
    assert unrecorded == [], "run mutate.py with words from these items, and have MUTATIONS.md written anew"
    assert len(rows) == len(mutations), "MUTATIONS.md has rows of mutations that are no more: run mutate.py"
