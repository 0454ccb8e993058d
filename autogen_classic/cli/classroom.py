"""``autogen-classic classroom``: what a teacher hands out to a class, and looks at afterwards."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .._words import counted
from ..errors import ClassroomError
from ._classroom.wheels import PLATFORMS
from ._clean import clean
from ._files import check_outputs

if TYPE_CHECKING:
    from ._classroom.handout import Lesson

__all__ = ("main",)

_EXAMPLES = """\
examples:
  autogen-classic classroom write class                          a folder to hand out, with wheels for this platform
  autogen-classic classroom write class --platform windows --platform macos --python 3.12
  autogen-classic classroom write class --notebooks mine --no-wheels
  autogen-classic classroom run class/notebooks/05-tool-use.ipynb     what a student does, and hands in
  autogen-classic classroom grade class/records students/*       a table of all of them
"""


def main(arguments: Sequence[str]) -> int:
    """Write a handout, check a machine, keep a run or compare runs.

    Args:
        arguments: the command line after ``classroom``.

    Returns:
        0; 1 if a machine is not ready, a notebook fails, or a run differs from the record.

    Raises:
        ClassroomError: there are no notebooks, the folder is not empty, or an option cannot be used.
        NotebookError: a file is not a notebook.
        InstallError: the wheels cannot be downloaded.
        UnreadableLogError: the record cannot be read.
        OSError: a file cannot be read or written.
    """
    options = _parser().parse_args(arguments)
    action: Callable[[argparse.Namespace], int] = options.action
    return action(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autogen-classic classroom",
        description="What a teacher hands out to a class: notebooks, recorded answers, wheels for machines without a "
        "network, a check of the machine, and a grader.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")

    write = actions.add_parser("write", help="write a folder to hand out")
    write.add_argument("folder", metavar="FOLDER", type=Path, help="a new folder")
    write.add_argument("--notebooks", metavar="PATH", type=Path, help="a folder of notebooks, or one (default: ours)")
    write.add_argument("--no-wheels", action="store_true", help="leave the wheels out")
    write.add_argument("--no-records", action="store_true", help="do not run the notebooks: no cassettes, no records")
    write.add_argument(
        "--also", metavar="PACKAGE", action="append", default=[], help="a further package for the class; repeatable"
    )
    write.add_argument(
        "--platform", action="append", default=[], choices=sorted(PLATFORMS), help="of the class; repeatable"
    )
    write.add_argument("--python", metavar="VERSION", help="the Python of the class, such as 3.12 (default: this one)")
    write.add_argument("--wheel", metavar="FILE", type=Path, help="a wheel of autogen-classic (default: the index's)")
    write.set_defaults(action=_write)

    check = actions.add_parser("check", help="tell whether this machine can run the notebooks of a folder")
    check.add_argument("folder", metavar="FOLDER", type=Path, help="the folder that was handed out")
    check.set_defaults(action=_check)

    run = actions.add_parser("run", help="run a notebook or script, and keep what happens in it")
    run.add_argument("program", metavar="PROGRAM", type=Path, help="the notebook or script")
    run.add_argument("-o", "--output", metavar="FILE", type=Path, help="the run (default: NAME.run.jsonl, here)")
    run.add_argument("--cassette", metavar="FILE", type=Path, help="also record the answers of models and people")
    run.set_defaults(action=_run)

    grade = actions.add_parser("grade", help="compare runs with the record: turns, tools, stop reasons, cost")
    grade.add_argument("record", metavar="RECORD", type=Path, help="a run, or a folder of runs, one for each lesson")
    grade.add_argument("runs", metavar="RUN", type=Path, nargs="+", help="a run, or a student's folder with runs")
    grade.add_argument("--json", metavar="FILE", type=Path, help="write the grades to FILE as JSON, too")
    grade.set_defaults(action=_grade)
    return parser


def _write(options: argparse.Namespace) -> int:
    """Write the folder to hand out; 1 if a notebook failed, else 0."""
    from ._classroom import handout, local_packages, needs, wheels

    folder: Path = options.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ClassroomError(f"{folder} exists and is not empty. Name a new folder.")
    if not options.no_wheels:
        wheels.check_choices(options.wheel, options.python)
    notebooks = handout.find_notebooks(options.notebooks)
    for word in options.also:
        local_packages.local_package(word)
    try:
        requirements = needs.requirements_of(notebooks, local_packages.carry_along(options.also, folder))
        handout.copy_parts(folder, notebooks, requirements)
        written = f"{counted(len(notebooks), 'notebook')}, requirements.txt, check.py and README.md"
        print(f"{written} are in {folder}.", flush=True)
        if not options.no_wheels:
            _write_wheels(options, requirements)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # else it would be in the way when the same command is given again
        raise
    return 0 if options.no_records or _record_lessons(notebooks, folder) else 1


def _write_wheels(options: argparse.Namespace, requirements: Sequence[str]) -> None:
    from ._classroom import wheels

    print("Downloading wheels ...", flush=True)
    house = options.folder / "wheels"
    wheels.build_wheel_house(house, requirements, options.wheel, options.platform, options.python)
    files = [*house.iterdir()]
    print(f"{counted(len(files), 'wheel')}, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB.", flush=True)


def _record_lessons(notebooks: Sequence[Path], folder: Path) -> bool:
    """Run the notebooks, keep what happens in them, and print how each ended; return whether all ran to their end."""
    from ._classroom import check, handout

    if missing := [finding.what for finding in check.packages(folder) if not finding.works]:
        print(
            f"This machine lacks {', '.join(missing)}. Notebooks that use it will fail here. Install it, and write "
            f"the folder again: {sys.executable} -m pip install -r {folder / check.REQUIREMENTS}",
            flush=True,
        )
    all_ran = True
    for notebook in notebooks:
        lesson = handout.record_lesson(notebook, folder)
        all_ran = all_ran and lesson.fault is None
        print(f"  {lesson.name}: {_told(lesson)}", flush=True)
    return all_ran


def _told(lesson: Lesson) -> str:
    if lesson.fault is not None:
        return f"FAILED: {clean(lesson.fault)}"
    return "recorded" if lesson.has_cassette else "no cassette: it records by itself"


def _check(options: argparse.Namespace) -> int:
    from ._classroom import check

    if not (options.folder / check.REQUIREMENTS).is_file():
        raise ClassroomError(f"{options.folder} was not written by `autogen-classic classroom write`.")
    return check.main(options.folder)


def _run(options: argparse.Namespace) -> int:
    from ._classroom.runs import RUN_SUFFIX, run_and_keep

    return run_and_keep(
        options.program, options.output or Path(f"{options.program.stem}{RUN_SUFFIX}"), options.cassette
    )


def _grade(options: argparse.Namespace) -> int:
    from ._classroom.grading import grades_of, read_record, runs_in, table_of

    runs = [file for place in (options.record, *options.runs) for file in runs_in(place)]
    check_outputs(runs, options.json)
    recorded, left_out = read_record(options.record)
    for note in left_out:
        print(f"left out: {clean(note)}", file=sys.stderr)
    grades = list(grades_of(recorded, options.runs))
    print(table_of(grades))
    if options.json is not None:
        text = json.dumps([grade.as_data() for grade in grades], ensure_ascii=False, indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    return 0 if all(grade.agrees for grade in grades) else 1
