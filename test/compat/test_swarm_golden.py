"""Every swarm runs here and is held against the record taken from AG2 0.7.6; see `test_golden.py`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent / "harness"))
from compare import Outcomes, check_both_ways, check_deviations, check_job, outcomes_of
from record import SWARM

NAMES = [name for name in SWARM.all_names() if (SWARM.golden / f"{name}.json").exists()]
JOBS = [f"{name}:{mode}" for name in NAMES for mode in SWARM.modes_of(name)]
BOTH_WAYS = [name for name in NAMES if len(SWARM.modes_of(name)) == 2]


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Outcomes]:
    """What becomes of each job."""
    with outcomes_of(SWARM, tmp_path_factory.getbasetemp(), worker_id) as outcomes:
        yield outcomes


@pytest.mark.parametrize("job", JOBS)
def test_scenario_equals_its_golden_record(job: str, outcomes: Outcomes) -> None:
    check_job(SWARM, job, outcomes)


@pytest.mark.parametrize("both_ways", BOTH_WAYS)
def test_synchronous_and_asynchronous_runs_are_equal(both_ways: str, outcomes: Outcomes) -> None:
    check_both_ways(SWARM, both_ways, outcomes)


def test_every_scenario_has_a_golden_record() -> None:
    assert SWARM.all_names() == NAMES


def test_every_deviation_names_a_scenario_and_gives_a_reason() -> None:
    check_deviations(SWARM)
