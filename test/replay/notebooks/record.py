"""Save notebooks of ours with what another release shows: ``python record.py PYTHON SUFFIX [LESSON ...]``.

PYTHON is the interpreter of an environment with that release and ipykernel, SUFFIX goes into the names of the files.
This environment needs jupyter-client.
"""

from __future__ import annotations

import json
import os
import queue
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client import KernelManager
from jupyter_client.blocking import BlockingKernelClient
from lessons import CONFIG, CONFIG_OF_LATE_AG2, LESSONS, LESSONS_OF_AG2, Lesson
from published import PUBLISHED

from autogen_classic.testing import MockOpenAIServer

FOLDER = Path(__file__).parent / "saved"
LATE_AG2 = "ag2_014"
INSTALLS = re.compile(r"(?m)^\s*[%!]+\s*pip\b.*$")  # never run: they would put another release in place of this one

Output = dict[str, Any]


class Frontend:
    """Shows a cell as JupyterLab does, and types for the person.

    Args:
        client: the client of a kernel.
        lesson: what is typed, and where it is shown.
    """

    def __init__(self, client: BlockingKernelClient, lesson: Lesson) -> None:
        self._client = client
        self._lesson = lesson
        self._typed: Iterator[str] = iter(lesson.typed)
        self._outputs: list[Output] = []

    def run(self, source: str) -> list[Output]:
        """Run a cell and return its outputs."""
        self._outputs = []
        self._client.execute_interactive(
            INSTALLS.sub("", source), allow_stdin=True, stdin_hook=self._type, output_hook=self._show, timeout=60
        )
        return self._outputs

    def _show(self, message: dict[str, Any]) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            self._stream(content["name"], content["text"])
        elif kind in ("display_data", "execute_result"):
            count = {"execution_count": content["execution_count"]} if kind == "execute_result" else {}
            self._outputs.append({"output_type": kind, "metadata": {}, "data": content["data"], **count})
        elif kind == "error":
            failure = {"ename": content["ename"], "evalue": content["evalue"], "traceback": []}
            self._outputs.append({"output_type": kind, **failure})

    def _stream(self, name: str, text: str) -> None:
        last = self._outputs[-1] if self._outputs else {}
        if last.get("name") == name:
            last["text"] += text
        else:
            self._outputs.append({"output_type": "stream", "name": name, "text": text})

    def _type(self, message: dict[str, Any]) -> None:
        while True:  # what was printed before the question comes on another channel
            try:
                self._show(self._client.get_iopub_msg(timeout=0.3))
            except queue.Empty:
                break
        text = next(self._typed)
        self._client.input(text)
        if self._lesson.shows_typed == "stdin":  # JupyterLab
            self._stream("stdin", f"{message['content']['prompt']} {text}\n")
        elif self._lesson.shows_typed == "stdout":  # the older Jupyter, and Colab
            self._stream("stdout", f"{message['content']['prompt']}{text}\n")


def save(name: str, lesson: Lesson, python: str, suffix: str) -> None:
    """Run a lesson and save its notebook."""
    cells = [cell.replace(CONFIG, CONFIG_OF_LATE_AG2) if LATE_AG2 in suffix else cell for cell in lesson.cells]
    with tempfile.TemporaryDirectory() as folder, MockOpenAIServer([*lesson.replies]) as server:
        place = Path(folder)
        entry = {"model": "gpt-4", "api_key": "sk-test", "base_url": server.base_url}
        (place / "OAI_CONFIG_LIST").write_text(json.dumps([entry]))
        kernel = KernelManager()
        kernel.kernel_spec.argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        quiet = {"PYTHONWARNINGS": "ignore", "AUTOGEN_USE_DOCKER": "0"}
        model = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": server.base_url}
        kernel.start_kernel(cwd=folder, env={**environment, **quiet, **model})
        client = kernel.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            frontend = Frontend(client, lesson)
            shown = [frontend.run(cell) for cell in cells]
        finally:
            client.stop_channels()
            kernel.shutdown_kernel(now=True)
        server.assert_finished()
    written: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": [f"# {name}\n"]}]
    for count, (source, outputs) in enumerate(zip(cells, shown, strict=True), start=1):
        lines = source.splitlines(keepends=True)
        cell = {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": outputs, "source": lines}
        written.append(cell)
    notebook = {"cells": written, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, indent=1, ensure_ascii=False).replace(folder, "/tmp/lesson")
    (FOLDER / f"{name}.{suffix}.ipynb").write_text(f"{text}\n")


def main(python: str, suffix: str, *names: str) -> None:
    """Save the lessons that are named, or all that this release can run."""
    lessons = LESSONS | (LESSONS_OF_AG2 if LATE_AG2 in suffix else {})
    published = {name: lesson for name, lesson in PUBLISHED.items() if suffix in lesson.releases}
    for name, lesson in (lessons | published).items():
        if not names or name in names:
            save(name, lesson, python, suffix)


if __name__ == "__main__":
    main(*sys.argv[1:])
