"""Takes the golden records from a black-box run of AutoGen 0.2.40, or of AG2.

    python test/compat/harness/record.py --python PYTHON_WITH_THE_ORIGINAL [--family FAMILY] [--show] [NAME ...]
    PYTHONPATH=. python test/compat/harness/record.py --ours [--family FAMILY] [NAME ...]

`PYTHON_WITH_THE_ORIGINAL` belongs to an environment of its own: Python 3.11 with `autogen-agentchat==0.2.40`, or with
`autogen==0.14.1` for the family ag2, `autogen==0.7.6` and `websockets<15` for the family swarm.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPAT = Path(__file__).resolve().parent.parent
RUNNER = str(COMPAT / "harness" / "runner.py")


@dataclass(frozen=True)
class Family:
    """The scenarios for one original, and its records.

    Attributes:
        name: by which the runner knows it.
        home: the folder of its ``scenarios``, ``golden`` and ``deviations.json``.
    """

    name: str
    home: Path

    @property
    def golden(self) -> Path:
        """The folder of the records."""
        return self.home / "golden"

    def declared(self, name: str, variable: str, default: Any) -> Any:
        """Read what a scenario declares at its top, without running it."""
        tree = ast.parse((self.home / "scenarios" / f"{name}.py").read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) == variable:
                return ast.literal_eval(node.value)
        return default

    def modes_of(self, name: str) -> tuple[str, ...]:
        """The modes in which a scenario runs."""
        return tuple(self.declared(name, "MODES", ("sync",)))

    def missing_for(self, name: str) -> str | None:
        """The first module that a scenario needs (`NEEDS`) and that this environment lacks."""
        for module in self.declared(name, "NEEDS", ()):
            try:
                if importlib.util.find_spec(module) is None:
                    return str(module)
            except ModuleNotFoundError:
                return str(module)
        return None

    def all_names(self) -> list[str]:
        """The names of all scenarios, in order."""
        return sorted(path.stem for path in (self.home / "scenarios").glob("*.py"))

    def _listed(self) -> dict[str, Any]:
        return dict(json.loads((self.home / "deviations.json").read_text(encoding="utf-8")))

    def all_deviations(self) -> list[dict]:
        """What is meant to differ from the original, by name and with its reason."""
        return [
            {**one, "scenario": scenario, "modes": modes, "fields": fields}
            for one in self._listed()["deviations"]
            for scenario, places in one["scenarios"].items()
            for modes, fields in [(places["modes"], places["fields"])]
        ]

    def deviations_of(self, name: str, mode: str) -> list[dict]:
        """The deviations of one scenario in one mode."""
        return [one for one in self.all_deviations() if one["scenario"] == name and mode in one["modes"]]

    def is_meant_to_differ(self, name: str, field: str) -> bool:
        """Whether the two modes of a scenario differ on purpose in a field (`modes_differ` of deviations.json)."""
        return field in self._listed()["modes_differ"].get(name, {}).get("fields", [])

    def run(self, python: str, jobs: list[str], ours: bool = False) -> list[dict]:
        """Run `NAME:MODE` jobs with one interpreter and return their outcomes."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "outcomes.jsonl"
            subprocess.run([*self.command(python, ours), str(output), *jobs], check=True)
            return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]

    def command(self, python: str, ours: bool) -> list[str]:
        """The command that starts the runner."""
        return [python, "-W", "ignore", RUNNER, f"--{self.name}", *(["--ours"] if ours else [])]

    def record_ours(self, names: list[str]) -> None:
        """Write down our own side of the listed deviations, and nothing else."""
        (self.golden / "ours").mkdir(exist_ok=True)
        listed = [
            one
            for one in self.all_deviations()
            if one["scenario"] in names and one.get("like") is None and not self.missing_for(one["scenario"])
        ]
        jobs = sorted({f"{one['scenario']}:{mode}" for one in listed for mode in one["modes"]})
        outcomes = {f"{one['name']}:{one['mode']}": one for one in self.run(sys.executable, jobs, ours=True)}
        ours: dict[str, dict] = {}
        for one in listed:
            for mode in one["modes"]:
                record = outcomes[f"{one['scenario']}:{mode}"]["record"]
                fields = ours.setdefault(one["scenario"], {}).setdefault(mode, {})
                fields.update({field: record[field] for field in one["fields"]})
        for name, modes in ours.items():
            text = json.dumps(modes, indent=1, ensure_ascii=False) + "\n"
            (self.golden / "ours" / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"recorded our side of {len(ours)} scenarios")


V02 = Family("v02", COMPAT)
AG2 = Family("ag2", COMPAT / "ag2")
SWARM = Family("swarm", COMPAT / "swarm")
FAMILIES = {family.name: family for family in (V02, AG2, SWARM)}


def main() -> int:
    """Record the named scenarios, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", help="interpreter of the environment that holds the original")
    parser.add_argument("--family", choices=FAMILIES, default="v02", help="which original")
    parser.add_argument("--ours", action="store_true", help="record our own side of the listed deviations instead")
    parser.add_argument("--show", action="store_true", help="also print what was recorded")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    family = FAMILIES[options.family]
    names = options.names or family.all_names()
    if options.ours:
        family.record_ours(names)
        return 0
    outcomes = family.run(options.python, [f"{name}:{mode}" for name in names for mode in family.modes_of(name)])
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
        (family.golden / f"{name}.json").write_text(text, encoding="utf-8")
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
