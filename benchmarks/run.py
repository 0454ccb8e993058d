"""Measure this library beside AutoGen 0.2.40 and AG2 0.14.1.

    python benchmarks/run.py                      # everything: writes results.json, the docs page and its plots
    python benchmarks/run.py --redraw             # the page and its plots again, from results.json
    python benchmarks/run.py --only turn group    # some of it: prints only
    python benchmarks/run.py --quick              # small numbers, to see that everything runs: prints only

Each benchmark is a script of ``benchmarks/scripts`` that runs in a process of its own under the interpreter of each
implementation, by turns (A B C A B C …), so that all meet the same weather on the machine. Within a process the
shortest of several repeats counts, for noise only adds; the table shows the median over the processes. Work is
measured as processor time; where a server answers, as elapsed time.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if __package__ in (None, ""):  # started by its path
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import report
from benchmarks.environments import AG2, OURS, ROOT, V02, EnvironmentFailed, Implementation, find
from benchmarks.metrics import METRICS, SCRIPTS

FOLDER = ROOT / "benchmarks"
LONGEST_SECONDS = 900
MARK = "BENCH "


class BenchmarkFailed(Exception):
    """A script did not end well."""


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks.

    Args:
        arguments: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0, or 1 where something could not be measured. A missed target is reported, not a failure.
    """
    options = read_command_line(arguments)
    if options.redraw:
        tell_what_was_written(report.redraw())
        return 0
    rounds = 1 if options.quick else options.rounds
    partial = options.only or options.quick or options.without_v02 or options.without_ag2
    if not partial and importlib.util.find_spec("matplotlib") is None:
        print('FAILED: the plots need matplotlib: pip install "autogen-classic[bench]"', file=sys.stderr)
        return 1
    pythons = {OURS: options.our_python, V02: options.v02_python, AG2: options.ag2_python}
    left_out = {V02: options.without_v02, AG2: options.without_ag2}
    try:
        implementations = [find(name, pythons[name], options.cache_dir) for name in pythons if not left_out.get(name)]
        warn_of_different_pythons(implementations)
        with model_server() as base_url:
            samples = measure(implementations, options.only or SCRIPTS, rounds, base_url, options.quick)
    except (EnvironmentFailed, BenchmarkFailed) as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1

    results = report.medians(samples)
    print("\n" + report.table(results))
    for missed in report.missed_targets(results):
        print(f"Target missed: {missed}")
    if not partial:
        tell_what_was_written(report.save(results, samples, report.conditions(implementations, rounds)))
    return 0


def tell_what_was_written(paths: list[Path]) -> None:
    """Name the files, from the project's folder on."""
    for path in paths:
        print(f"Written: {path.relative_to(ROOT)}")


def read_command_line(arguments: list[str] | None) -> argparse.Namespace:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=SCRIPTS, metavar="NAME", help=f"of {', '.join(SCRIPTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="processes per script (default: %(default)s)")
    parser.add_argument("--redraw", action="store_true", help="measure nothing; write the page and its plots again")
    parser.add_argument("--quick", action="store_true", help="small numbers and one round")
    parser.add_argument("--our-python", metavar="PATH", help="the interpreter for this library (default: this one)")
    parser.add_argument("--v02-python", metavar="PATH", help="an interpreter that has AutoGen 0.2.40")
    parser.add_argument("--ag2-python", metavar="PATH", help="an interpreter that has AG2 0.14.1")
    parser.add_argument("--without-v02", action="store_true", help="leave AutoGen 0.2.40 out")
    parser.add_argument("--without-ag2", action="store_true", help="leave AG2 0.14.1 out")
    parser.add_argument(
        "--cache-dir",
        type=Path,
        default=Path.home() / ".cache" / "autogen-classic-bench",
        help="where the environments of the others are made (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def warn_of_different_pythons(implementations: list[Implementation]) -> None:
    """Say so where the interpreters differ, for then the ratios compare them too."""
    versions = {implementation.versions["python"].rpartition(".")[0] for implementation in implementations}
    if len(versions) > 1:
        print(f"Careful: the interpreters differ ({', '.join(sorted(versions))}); the ratios compare them too.")


@contextmanager
def model_server() -> Iterator[str]:
    """Run the model server in a process of its own.

    Yields:
        Its base URL.
    """
    program = [sys.executable, "-m", "benchmarks.model_server"]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        base_url = server.stdout.readline().strip()
        if not base_url:
            raise BenchmarkFailed("the model server did not start")
        yield base_url  # leaving Popen's block closes its standard input, which ends it


def measure(
    implementations: list[Implementation], scripts: tuple[str, ...] | list[str], rounds: int, base_url: str, quick: bool
) -> report.Samples:
    """Run scripts under each implementation, by turns.

    Args:
        implementations: whom to measure.
        scripts: names of files of ``scripts``.
        rounds: how often.
        base_url: where the model is.
        quick: whether the scripts use small numbers.

    Returns:
        The samples by implementation and metric.

    Raises:
        BenchmarkFailed: a script fails, takes too long or reports something unknown.
    """
    samples: report.Samples = {implementation.name: {} for implementation in implementations}
    for script in scripts:
        for number in range(1, rounds + 1):
            print(f"{script}, round {number} of {rounds}", flush=True)
            for implementation in implementations:
                for key, value in run_script(script, implementation, base_url, quick).items():
                    samples[implementation.name].setdefault(key, []).append(value)
    return samples


def run_script(script: str, implementation: Implementation, base_url: str, quick: bool) -> dict[str, float]:
    """Run one script once."""
    environ = implementation.environ(BENCH_BASE_URL=base_url, BENCH_QUICK="1" if quick else "")
    program = [implementation.python, str(FOLDER / "scripts" / f"{script}.py")]
    try:
        done = subprocess.run(
            program, env=environ, cwd=FOLDER / "scripts", capture_output=True, text=True, timeout=LONGEST_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkFailed(
            f"{script} under {implementation.name} took more than {LONGEST_SECONDS} seconds"
        ) from None
    reported = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode != 0 or not reported:
        last_words = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise BenchmarkFailed(f"{script} under {implementation.name}: {last_words}")
    found: dict[str, float] = json.loads(reported[-1][len(MARK) :])
    return {key: value for key, value in found.items() if key in METRICS}


if __name__ == "__main__":
    sys.exit(main())
