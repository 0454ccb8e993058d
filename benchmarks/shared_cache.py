"""A class at work: many students run the same notebook at once, each in a process, against one shared cache folder.

    python benchmarks/shared_cache.py                       # 200 students, 8 at a time
    python benchmarks/shared_cache.py --students 20 --at-a-time 4

No student may fail because of another, every answer must be right, and nobody pays for a question whose answer was in
the cache when it was asked.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from autogen_classic.testing import MockOpenAIServer, ModelRequest

QUESTIONS = 5
_LESSON = f"""\
import os, sys
from autogen_classic import AssistantAgent, Cache, UserProxyAgent

assistant = AssistantAgent("assistant", llm_config={{"model": "gpt-4o-mini"}})
student = UserProxyAgent("student", human_input_mode="NEVER", code_execution_config=False)
with Cache.disk(cache_seed=1, cache_path_root=os.environ["SHARED_CACHE"]) as cache:
    for number in range({QUESTIONS}):
        result = student.initiate_chat(
            assistant, message=f"Question {{number}}", max_turns=1, silent=True, cache=cache
        )
        assert result.summary == f"Answer to Question {{number}}", result.summary
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Let a class work, and tell how it went.

    Args:
        arguments: the words of the command line; None takes those of this process.

    Returns:
        0 if nobody failed, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--at-a-time", type=int, default=8)
    options = parser.parse_args(arguments)
    begin = time.perf_counter()
    faults, requests = hold_class(options.students, options.at_a_time)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(
        f"{options.students} students, {options.at_a_time} at a time: {len(faults)} failed; {requests} requests for "
        f"{options.students * QUESTIONS} questions; {time.perf_counter() - begin:.0f} s"
    )
    return 1 if faults else 0


def hold_class(students: int, at_a_time: int) -> tuple[list[str], int]:
    """Let every student run the notebook.

    Args:
        students: how many there are.
        at_a_time: how many of their processes run at the same time.

    Returns:
        What the notebooks of those who failed have printed, and how many requests the model has got.
    """
    with tempfile.TemporaryDirectory() as place, MockOpenAIServer(default=_answer) as server:
        folder = Path(place)
        environment = {
            **os.environ,
            "OPENAI_API_KEY": "sk-of-the-class",
            "OPENAI_BASE_URL": server.base_url,
            "SHARED_CACHE": str(folder / "cache"),
        }

        def work(number: int) -> str | None:
            notebook = folder / f"student-{number}" / "lesson.ipynb"
            notebook.parent.mkdir()
            notebook.write_text(json.dumps(_notebook(_LESSON)), encoding="utf-8")
            run = subprocess.run(
                [sys.executable, "-m", "autogen_classic", "run", str(notebook)],
                env=environment,
                capture_output=True,
                text=True,
            )
            return None if run.returncode == 0 else f"student {number}: {run.stderr}"

        with ThreadPoolExecutor(at_a_time) as pool:
            outcomes = list(pool.map(work, range(students)))
        return [fault for fault in outcomes if fault is not None], len(server.requests)


def _answer(request: ModelRequest) -> str:
    return f"Answer to {request.last_text}"


def _notebook(source: str) -> dict[str, object]:
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}


if __name__ == "__main__":
    sys.exit(main())
