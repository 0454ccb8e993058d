"""Break the package on purpose, one item at a time, and see that the item's tests fail.

Run ``python test/behaviours/mutate.py`` from the root of the project; with words, only the items that hold one of them.
It works on copies, takes several minutes for all items, and records the outcome in MUTATIONS.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from behaviour_coverage import coverage
from behaviour_items import ITEMS
from mutations import MUTATIONS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "autogen_classic"
RECORD = Path(__file__).with_name("MUTATIONS.md")
FACTS = [f"{section}: {fact}" for section, facts in ITEMS.items() for fact in facts]
TIME_LIMIT = 120
WORKERS = 2


def items_of(mutation: Any) -> list[str]:
    """The items of a mutation by their whole texts; each beginning must fit one item only."""
    found = []
    for beginning in mutation.items:
        fitting = [beginning] if beginning in FACTS else [fact for fact in FACTS if fact.startswith(beginning)]
        exact = [fact for fact in fitting if re.match(re.escape(beginning) + r"\W", fact + " ")]
        fitting = exact if len(fitting) > 1 and len(exact) == 1 else fitting
        if len(fitting) != 1:
            raise LookupError(f"{beginning!r} fits {len(fitting)} items: {fitting}")
        found += fitting
    return found


def outcome_of(mutation: Any) -> dict[str, str]:
    """Break a copy of the package and run the tests of the mutation's items."""
    items = items_of(mutation)
    tests = coverage()
    try:
        changed = mutation.changed(PACKAGE)
    except LookupError as error:
        return dict.fromkeys(items, f"stale: {error}")
    report = report_of({test for item in items for test in tests[item]}, changed)
    if report is None:
        return dict.fromkeys(items, "caught (does not end)")
    if "ERROR collecting" in report or not report:
        return dict.fromkeys(items, "broken: the tests cannot be collected")
    if "NameError" in report:
        return dict.fromkeys(items, "broken: the change uses a name that is not there")
    failed = failed_in(report)
    return {item: "caught" if failed.intersection(tests[item]) else "SURVIVED" for item in items}


def report_of(tests: Iterable[str], changed: dict[str, str]) -> str | None:
    """Run tests on a copy of the package.

    Args:
        tests: the tests.
        changed: files that are others in the copy, by their paths as seen from the package.

    Returns:
        What pytest says of those that failed: empty if it could not run them, None if they did not end.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE, copy / PACKAGE.name, ignore=ignored)
        shutil.copytree(ROOT / "test" / "behaviours", copy / "test" / "behaviours", ignore=ignored)
        for name in ("pyproject.toml", "test/compat/deviations.json"):
            (copy / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
        for name, text in changed.items():
            (copy / PACKAGE.name / name).write_text(text, encoding="utf-8")
        command = [sys.executable, "-B", "-m", "pytest", "-q", "--tb=no", "-rfE", *sorted(tests)]
        wide = {**os.environ, "COLUMNS": "1000"}  # so that pytest does not cut the errors
        try:
            run = subprocess.run(
                command, cwd=copy, env=wide, capture_output=True, text=True, timeout=TIME_LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return None
    return run.stdout if run.returncode in (0, 1) else ""


def failed_in(report: str) -> set[str]:
    """The tests that failed, by what pytest says."""
    return set(re.findall(r"^(?:FAILED|ERROR) (\S+?::\w+)", report, flags=re.MULTILINE))


def main(words: list[str]) -> int:
    """Run the mutations and report.

    Returns:
        0 when every mutation was caught, else 1.
    """
    chosen = [one for one in MUTATIONS if not words or any(word in item for item in items_of(one) for word in words)]
    tests = coverage()
    report = report_of({test for one in chosen for item in items_of(one) for test in tests[item]}, {})
    if not report or failed_in(report):
        print(f"Tests fail without any change, so that they could notice none:\n{report}")
        return 1
    results: list[tuple[str, str, str]] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for mutation, outcome in zip(chosen, pool.map(outcome_of, chosen), strict=True):
            for item, result in outcome.items():
                results.append((item, mutation.title, result))
                if not result.startswith("caught"):
                    print(f"{result}\n  {item}\n  {mutation.title}", flush=True)
    caught = sum(result.startswith("caught") for _, _, result in results)
    print(f"{caught} of {len(results)} mutations were caught.")
    missing = [] if words else [item for item in FACTS if item not in dict_of(results)]
    for item in missing:
        print(f"no mutation: {item}")
    write_table(results)
    return 0 if caught == len(results) and not missing else 1


def dict_of(results: list[tuple[str, str, str]]) -> dict[str, str]:
    return {item: result for item, _, result in results}


def write_table(results: list[tuple[str, str, str]]) -> None:
    """Record the outcome; the lines of items that were not run stay as they were."""
    former = RECORD.read_text(encoding="utf-8").splitlines() if RECORD.exists() else []
    lines = [
        "# Each item, broken once",
        "",
        "Written by `python test/behaviours/mutate.py`: the package is changed on purpose, and the item's tests must",
        "fail.",
        "",
        "| Item | Change | Outcome |",
        "|---|---|---|",
    ]
    for item in FACTS:
        rows = [(title, result) for name, title, result in results if name == item]
        lines += [f"{start_of_row(item, title)} {_cell(result)} |" for title, result in rows]
        if not rows:
            lines += [line for line in former if line.startswith(start_of_row(item))]
    RECORD.write_text("\n".join(lines) + "\n", encoding="utf-8")


def start_of_row(item: str, title: str | None = None) -> str:
    """How the row of an item begins in the record, with that of a mutation if its title is given."""
    return f"| {_cell(item)} |" + ("" if title is None else f" `{_cell(title)}` |")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
