"""Takes the golden records from a black-box run of AutoGen 0.2.40.

    python test/compat/harness/record.py --python PYTHON_WITH_0_2_40 [--show] [NAME ...]
    PYTHONPATH=. python test/compat/harness/record.py --ours [NAME ...]

`PYTHON_WITH_0_2_40` belongs to an environment of its own: Python 3.11, `autogen-agentchat==0.2.40`.
Long texts written by that library never reach a record: the runner masks them before it writes anything down.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

COMPAT = Path(__file__).resolve().parent.parent
GOLDEN = COMPAT / "golden"
RUNNER = str(COMPAT / "harness" / "runner.py")


def declared(name: str, variable: str, default: Any) -> Any:
    """Read what a scenario declares at its top, without running it."""
    tree = ast.parse((COMPAT / "scenarios" / f"{name}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == variable:
            return ast.literal_eval(node.value)
    return default


def modes_of(name: str) -> tuple[str, ...]:
    """The modes in which a scenario runs."""
    return tuple(declared(name, "MODES", ("sync",)))


def is_waiting(name: str) -> bool:
    """Whether a scenario waits for a module of ours that does not exist yet (`WAITS_FOR`)."""
    module = declared(name, "WAITS_FOR", None)
    try:
        return module is not None and importlib.util.find_spec(module) is None
    except ModuleNotFoundError:
        return True


def all_names() -> list[str]:
    """The names of all scenarios, in order."""
    return sorted(path.stem for path in (COMPAT / "scenarios").glob("*.py"))


def run(python: str, jobs: list[str], ours: bool = False) -> list[dict]:
    """Run `NAME:MODE` jobs with one interpreter and return their outcomes."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "outcomes.jsonl"
        command = [python, "-W", "ignore", RUNNER, *(["--ours"] if ours else [])]
        subprocess.run([*command, str(output), *jobs], check=True)
        return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def all_deviations() -> list[dict]:
    """What is meant to differ from 0.2.40, by name and with its reason."""
    path = COMPAT / "deviations.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["deviations"]
    return [
        {**one, "scenario": scenario, "modes": modes, "fields": fields}
        for one in listed
        for scenario, places in one["scenarios"].items()
        for modes, fields in [(places["modes"], places["fields"])]
    ]


def deviations_of(name: str, mode: str) -> list[dict]:
    """The deviations of one scenario in one mode."""
    return [one for one in all_deviations() if one["scenario"] == name and mode in one["modes"]]


def is_meant_to_differ(name: str, field: str) -> bool:
    """Whether the two modes of a scenario differ on purpose in a field (`modes_differ` of deviations.json)."""
    path = COMPAT / "deviations.json"
    listed = json.loads(path.read_text(encoding="utf-8"))["modes_differ"]
    return field in listed.get(name, {}).get("fields", [])


def record_ours(names: list[str]) -> None:
    """Write down our own side of the listed deviations, and nothing else."""
    (GOLDEN / "ours").mkdir(exist_ok=True)
    listed = [
        one
        for one in all_deviations()
        if one["scenario"] in names and one.get("like") is None and not is_waiting(one["scenario"])
    ]
    jobs = sorted({f"{one['scenario']}:{mode}" for one in listed for mode in one["modes"]})
    outcomes = {f"{one['name']}:{one['mode']}": one for one in run(sys.executable, jobs, ours=True)}
    ours: dict[str, dict] = {}
    for one in listed:
        for mode in one["modes"]:
            record = outcomes[f"{one['scenario']}:{mode}"]["record"]
            fields = ours.setdefault(one["scenario"], {}).setdefault(mode, {})
            fields.update({field: record[field] for field in one["fields"]})
    for name, modes in ours.items():
        text = json.dumps(modes, indent=1, ensure_ascii=False) + "\n"
        (GOLDEN / "ours" / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"recorded our side of {len(ours)} scenarios")


def main() -> int:
    """Record the named scenarios, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="interpreter of the environment that holds 0.2.40")
    parser.add_argument("--ours", action="store_true", help="record our own side of the listed deviations instead")
    parser.add_argument("--show", action="store_true", help="also print what was recorded")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or all_names()
    if options.ours:
        record_ours(names)
        return 0
    outcomes = run(options.python, [f"{name}:{mode}" for name in names for mode in modes_of(name)])
    failed = 0
    for name in names:
        own = [outcome for outcome in outcomes if outcome["name"] == name]
        bad = [outcome for outcome in own if outcome.get("died") or outcome["problems"] or outcome["trace"]]
        if options.show:
            show(own)
        if bad:
            failed += 1
            for outcome in bad:
                print(f"FAILED {name}:{outcome['mode']}", outcome.get("problems"), outcome.get("trace"))
            continue
        golden = {outcome["mode"]: outcome["record"] for outcome in own}
        text = json.dumps(golden, indent=1, ensure_ascii=False) + "\n"
        (GOLDEN / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"recorded {len(names) - failed} of {len(names)}")
    return 1 if failed else 0


def show(outcomes: list[dict]) -> None:
    """Print records compactly, for the eye; an asynchronous record only where it differs."""
    first: dict = {}
    for outcome in outcomes:
        print(f"===== {outcome['name']}:{outcome['mode']}")
        for key, value in outcome.get("record", {}).items():
            if first.get(key) == value or not value:
                continue
            print(f"--- {key}")
            for item in [value] if isinstance(value, dict) else value:
                print("   ", item if isinstance(item, str) else json.dumps(item, ensure_ascii=False))
        first = first or outcome.get("record", {})


if __name__ == "__main__":
    sys.exit(main())
