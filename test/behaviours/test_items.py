"""Every fact has a test that names it, and every test names a fact."""

from __future__ import annotations

from behaviour_coverage import coverage
from behaviour_items import ITEMS
from mutate import PACKAGE, items_of
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
