"""Every fact has a test that names it, and every test names a fact."""

from __future__ import annotations

from behaviour_coverage import coverage
from behaviour_items import ITEMS
from mutate import items_of
from mutations import MUTATIONS, NOT_THERE_YET

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
    assert [fact for fact in FACTS if fact not in broken and fact not in NOT_THERE_YET] == []
