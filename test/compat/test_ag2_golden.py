"""Every scenario for AG2 runs here and is held against the record taken from AG2 0.14.1; see `test_golden.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "harness"))
from compare import Outcomes, check_both_ways, check_deviations, check_job, outcomes_of
from record import AG2

NAMES = [name for name in AG2.all_names() if (AG2.golden / f"{name}.json").exists()]
JOBS = [f"{name}:{mode}" for name in NAMES for mode in AG2.modes_of(name)]
BOTH_WAYS = [name for name in NAMES if len(AG2.modes_of(name)) == 2]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Outcomes]:
    """What becomes of each job."""
    with outcomes_of(AG2, tmp_path_factory.getbasetemp(), worker_id) as outcomes:
        yield outcomes


@pytest.mark.parametrize("job", JOBS)
def test_scenario_equals_its_golden_record(job: str, outcomes: Outcomes) -> None:
    check_job(AG2, job, outcomes)


@pytest.mark.parametrize("both_ways", BOTH_WAYS)
def test_synchronous_and_asynchronous_runs_are_equal(both_ways: str, outcomes: Outcomes) -> None:
    check_both_ways(AG2, both_ways, outcomes)


def test_every_scenario_has_a_golden_record() -> None:
    assert AG2.all_names() == NAMES


def test_every_deviation_names_a_scenario_and_gives_a_reason() -> None:
    check_deviations(AG2)
