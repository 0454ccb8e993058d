"""Save the notebooks of `lessons.py` with what another release shows: ``python record.py PYTHON SUFFIX [LESSON ...]``.

PYTHON is the interpreter of an environment with that release, SUFFIX goes into the names of the files.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lessons import CONFIG, CONFIG_OF_LATE_AG2, LESSONS, LESSONS_OF_AG2, Lesson

from autogen_classic.testing import MockOpenAIServer

FOLDER = Path(__file__).parent / "saved"
LATE_AG2 = "ag2_014"

# Runs in the other environment: executes the cells one by one and prints what each has shown, as JSON.
RUN_CELLS = """
import ast, builtins, io, json, sys, warnings
warnings.simplefilter("ignore")
cells, typed = json.load(open(sys.argv[1]))
typed = iter(typed)
def answer(prompt=""):
    text = next(typed)
    print(prompt + text)
    return text
builtins.input = answer
names, shown, end = {"__name__": "__main__"}, [], 0
sys.stdout = out = io.StringIO()  # from the start, because AG2 keeps the first one
for source in cells:
    outputs = []
    tree = ast.parse("\\n".join(l for l in source.splitlines() if not l.startswith("%")))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    value = None if last is None else eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    text, end = out.getvalue()[end:], len(out.getvalue())
    if text:
        outputs.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(True)})
    if value is not None:
        outputs.append({"output_type": "execute_result", "data": {"text/plain": repr(value).splitlines(True)}})
    shown.append(outputs)
json.dump(shown, open(sys.argv[2], "w"))
"""


def save(name: str, lesson: Lesson, python: str, suffix: str) -> None:
    """Run a lesson and save its notebook."""
    with tempfile.TemporaryDirectory() as folder, MockOpenAIServer([*lesson.replies]) as server:
        place = Path(folder)
        entry = {"model": "gpt-4", "api_key": "sk-test", "base_url": server.base_url}
        (place / "OAI_CONFIG_LIST").write_text(json.dumps([entry]))
        (place / "run.py").write_text(RUN_CELLS)
        cells = [CONFIG_OF_LATE_AG2 if LATE_AG2 in suffix and cell == CONFIG else cell for cell in lesson.cells]
        (place / "cells.json").write_text(json.dumps([cells, lesson.typed]))
        command = [python, "run.py", "cells.json", "shown.json"]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: the other release failed: {done.stderr.splitlines()[-1]}")
        text = (place / "shown.json").read_text().replace(folder, "/tmp/lesson")
    written: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": [f"# {name}\n"]}]
    for count, (source, outputs) in enumerate(zip(cells, json.loads(text), strict=True), start=1):
        for output in outputs:
            output.update({"metadata": {}, "execution_count": count} if "data" in output else {})
        lines = source.splitlines(keepends=True)
        cell = {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": outputs, "source": lines}
        written.append(cell)
    notebook = {"cells": written, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.{suffix}.ipynb").write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


def main(python: str, suffix: str, *names: str) -> None:
    """Save all lessons that this release can run, or those that are named."""
    lessons = LESSONS | (LESSONS_OF_AG2 if LATE_AG2 in suffix else {})
    for name, lesson in lessons.items():
        if not names or name in names:
            save(name, lesson, python, suffix)


if __name__ == "__main__":
    main(*sys.argv[1:])
