"""Holds what a scenario does on our side against its golden record."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from record import Family

COMPARED = ("printed", "histories", "requests", "person", "notes", "raised")


class Outcomes:
    """What became of each job: run when it is first asked for, then kept where all workers of xdist find it.

    Args:
        folder: where outcomes are kept.
        family: whose scenarios run.
    """

    def __init__(self, folder: Path, family: Family) -> None:
        self._folder = folder
        self._family = family
        self._server: subprocess.Popen[str] | None = None

    def __getitem__(self, job: str) -> dict[str, Any]:
        kept = self._folder / f"{job.replace(':', '-')}.json"
        if not kept.exists():
            new = kept.with_suffix(f".{os.getpid()}")
            new.write_text(self._run(job), encoding="utf-8")
            new.replace(kept)
        return dict(json.loads(kept.read_text(encoding="utf-8")))

    def _run(self, job: str) -> str:
        if self._server is None:
            command = [*self._family.command(sys.executable, ours=True), "--serve"]
            pipe = subprocess.PIPE
            self._server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{job}\n")
        self._server.stdin.flush()
        return self._server.stdout.readline()

    def close(self) -> None:
        """End the process that runs the scenarios."""
        if self._server is not None:
            self._server.communicate()


@contextlib.contextmanager
def outcomes_of(family: Family, base: Path, worker_id: str) -> Iterator[Outcomes]:
    """The outcome of every job; each worker has a process that has imported the library and forks for each scenario.

    Args:
        family: whose scenarios run.
        base: the temporary folder of the session.
        worker_id: which worker of xdist asks.
    """
    folder = (base if worker_id == "master" else base.parent) / f"outcomes_{family.name}"
    folder.mkdir(exist_ok=True)
    with contextlib.closing(Outcomes(folder, family)) as outcomes:
        yield outcomes


def expected_record(family: Family, job: str) -> dict:
    """The golden record of a job with its deviations put in."""
    name, mode = job.split(":")
    golden = json.loads((family.golden / f"{name}.json").read_text(encoding="utf-8"))
    expected = dict(golden[mode])
    for deviation in family.deviations_of(name, mode):
        if deviation.get("like") == "sync":
            expected.update({field: golden["sync"][field] for field in deviation["fields"]})
        else:
            ours = json.loads((family.golden / "ours" / f"{name}.json").read_text(encoding="utf-8"))
            expected.update({field: ours[mode][field] for field in deviation["fields"]})
    return expected


# Fields of a message that came with later versions of the openai package, and are empty in every record.
OF_LATER_SDKS = ("annotations", "audio")


def same(ours: Any, golden: Any) -> bool:
    """Equal, but a raised error may be a subclass of what 0.2.40 raises, and an older SDK knows fewer fields."""
    if isinstance(golden, dict) and "raised" in golden and isinstance(ours, dict) and ours.get("raised"):
        return golden["raised"][0] in ours["raised"] and ours.get("message") == golden.get("message")
    if isinstance(golden, dict) and isinstance(ours, dict):
        known = {key for key in golden if golden[key] is not None or key not in OF_LATER_SDKS or key in ours}
        return ours.keys() == known and all(same(ours[key], golden[key]) for key in known)
    if isinstance(golden, list) and isinstance(ours, list):
        return len(ours) == len(golden) and all(map(same, ours, golden))
    return bool(ours == golden)


def first_difference(ours: Any, golden: Any, path: str) -> str:
    """Say where two values part, so that the message of a failed test is short."""
    if isinstance(golden, dict) and isinstance(ours, dict) and ours.keys() == golden.keys() and "raised" not in golden:
        key = next(key for key in golden if not same(ours[key], golden[key]))
        return first_difference(ours[key], golden[key], f"{path}[{key!r}]")
    if isinstance(golden, list) and isinstance(ours, list):
        for index, (mine, theirs) in enumerate(zip(ours, golden, strict=False)):
            if not same(mine, theirs):
                return first_difference(mine, theirs, f"{path}[{index}]")
        more = "ours" if len(ours) > len(golden) else "golden"
        extra = (ours if more == "ours" else golden)[min(len(ours), len(golden))]
        return f"{path}: {more} goes on with {extra!r}"
    return f"{path}:\n  ours   {ours!r}\n  golden {golden!r}"


def skip_without_its_packages(family: Family, name: str) -> None:
    """Skip the test of a scenario whose packages are not all installed.

    Args:
        family: whose scenario it is.
        name: its name.
    """
    if missing := family.missing_for(name):
        pytest.skip(f"{name} needs {missing}, which is not installed")


def check_job(family: Family, job: str, outcomes: Outcomes) -> None:
    """Fail unless a job does what its record says.

    Args:
        family: whose scenario it is.
        job: NAME:MODE.
        outcomes: what became of the jobs.
    """
    skip_without_its_packages(family, job.split(":")[0])
    outcome = outcomes[job]
    assert not outcome.get("died"), f"{job} ended without a record"
    golden = expected_record(family, job)
    differences = [
        first_difference(outcome["record"][field], golden[field], field)
        for field in COMPARED
        if not same(outcome["record"][field], golden[field])
    ]
    assert not differences, "\n".join([f"{job} differs from its golden record:", *differences, outcome["trace"] or ""])
    assert not outcome["problems"]


def check_both_ways(family: Family, name: str, outcomes: Outcomes) -> None:
    """Fail unless a scenario does the same synchronously and asynchronously.

    Args:
        family: whose scenario it is.
        name: its name.
        outcomes: what became of the jobs.
    """
    skip_without_its_packages(family, name)
    ways = [outcomes[f"{name}:{mode}"].get("record", {}) for mode in ("sync", "async")]
    for field in ("histories", "requests", "person"):
        if not family.is_meant_to_differ(name, field):
            assert ways[0].get(field) == ways[1].get(field), f"{name}: {field} differ between sync and async"


def check_deviations(family: Family) -> None:
    """Fail unless every deviation names a scenario and gives a reason.

    Args:
        family: whose deviations they are.
    """
    for deviation in family.all_deviations():
        assert deviation["scenario"] in family.all_names(), deviation
        assert deviation["name"], deviation
        assert len(deviation["reason"]) > 20, deviation
        assert set(deviation["fields"]) <= set(COMPARED), deviation
