"""The demonstration: two conversations, without a key and without a network.

The first one is a script for AutoGen 0.2, unchanged: an assistant writes code, it fails, is repaired, and answers from
what it prints. The assistant's turns come from a recording (`autogen_classic.replay`); the code runs here and now. The
second one is live: two agents ask the small model of ``autogen-classic local install``, and a tool runs for real.

With ``--model NAME``, both are played by that model.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ..errors import DemoError, LLMConfigError
from ._models import configurations

__all__ = ("DemoError", "main", "play_code_chat", "play_tool_chat", "without_tracebacks")

EXAMPLES = Path(__file__).parent / "examples"
CODE_CHAT = EXAMPLES / "two_agents.py"
TOOL_CHAT = EXAMPLES / "tool_chat.py"
RECORDING = EXAMPLES / "two_agents.json"
RECORDED_MODEL = "gpt-4o-mini"

LOCAL = "local"

_TRACEBACK = re.compile(r"Traceback \(most recent call last\):\n(?:.*\n)*?(?=\w+(?:Error|Exception)\b)")
_HINT = re.compile(r"\. Did you (?:mean|forget).*")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration.

    Args:
        argv: the words of the command line; None takes those of this process.

    Returns:
        The exit code: 0 when the code and the tool ran and gave what they should, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="autogen-classic demo",
        description="Two conversations: one in which code fails, is repaired and runs (recorded, and executed here), "
        "and one on the local model in which a tool runs.",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="play both on this model: an entry of your OAI_CONFIG_LIST, or a model for your OPENAI_API_KEY; 'local' "
        "plays the second one only, as the local model is too small to write programs",
    )
    model = parser.parse_args(argv).model
    if model is None:
        codes = [_recorded_code_chat(), _local_tool_chat(required=False)]
    elif model == LOCAL:
        codes = [_local_tool_chat(required=True)]
    else:
        entries = _entries_for(model)
        codes = [_play(play_code_chat, f"live on {model}", entries), _play(play_tool_chat, f"live on {model}", entries)]
    return max(codes)


def _recorded_code_chat() -> int:
    from autogen_classic.replay import paths, replay

    with replay(RECORDING, normalise=[without_tracebacks, paths]):
        return _play(
            play_code_chat,
            "recorded: the assistant's turns were written for this demonstration, the code runs here and now",
            [{"model": RECORDED_MODEL}],
        )


def _local_tool_chat(required: bool) -> int:
    from autogen_classic.oai.local import LocalModelMissingError, model_file

    try:
        file = model_file(LOCAL)
        return _play(play_tool_chat, f"live, without a key or a network, on {file.stem}", [{"model": LOCAL}])
    except LocalModelMissingError as error:
        if required:
            raise
        print(f"\nThe second conversation is left out. {error}")
        return 0


def _play(play: Callable[[], int], how: str, entries: list[dict[str, Any]]) -> int:
    with ExitStack() as stack:
        stack.enter_context(_environment(OAI_CONFIG_LIST=json.dumps(entries)))
        stack.enter_context(_fresh_folder())
        script = CODE_CHAT if play is play_code_chat else TOOL_CHAT
        print(f"=== {script.name} ({how})\n", flush=True)
        return play()


def play_code_chat() -> int:
    """Run the script for AutoGen 0.2, and compare the chat's answer with what the executed code printed.

    Returns:
        0 when the answer names the number, else 1.
    """
    from autogen_classic.compat import install_as_autogen

    install_as_autogen()
    result = runpy.run_path(str(CODE_CHAT), run_name="__main__")["result"]
    texts = [str(message.get("content") or "") for message in result.chat_history]
    print(f"Stopped by: {result.stop_reason}")
    number = _last_match(r"execution succeeded\)[\s\S]*?Fridays: (\d+)", texts)
    if number is None:
        return _checked(False, "no code of this chat printed the number.")
    said = re.search(rf"\b{number}\b", f"{texts[-1]} {result.summary}") is not None
    return _checked(said, f"the code printed {number}, and the answer {'says so' if said else 'does not say so'}.")


def play_tool_chat() -> int:
    """Run the chat with a tool.

    Returns:
        0 when the tool ran with the numbers that were asked for. A very small model may still talk nonsense about
        what the tool returned; that is reported, but not counted as a failure.
    """
    variables = runpy.run_path(str(TOOL_CHAT), run_name="__main__")
    result, additions = variables["result"], variables["additions"]
    asked = tuple(map(int, re.findall(r"\d+", result.chat_history[0]["content"])))
    print(f"Stopped by: {result.stop_reason}")
    if not additions:
        return _checked(False, "the model did not call the tool.")
    returned = str(sum(additions[-1]))
    said = "says so" if returned in str(result.chat_history[-1]["content"]) else "does not say so (small models err)"
    call = f"add{additions[-1]} ran and returned {returned}"
    if additions[-1] != asked:
        return _checked(False, f"{call}, but other numbers were asked for: {asked}.")
    return _checked(True, f"{call}, and the answer {said}.")


def _checked(passed: bool, text: str) -> int:
    print(f"Check: {text}\n", flush=True)
    return 0 if passed else 1


def without_tracebacks(text: str) -> str:
    """Keep the error, but remove what each version of Python prints differently about it.

    Args:
        text: the output of a program.
    """
    return _HINT.sub("", _TRACEBACK.sub("", text))


def _last_match(pattern: str, texts: Sequence[str]) -> str | None:
    """The first group of the pattern in the last text that has it."""
    found = [match for text in texts for match in re.findall(pattern, text)]
    return found[-1] if found else None


def _entries_for(model: str) -> list[dict[str, Any]]:
    """The configurations of a model.

    Raises:
        DemoError: there are none.
    """
    try:
        return configurations(model)
    except LLMConfigError as error:
        raise DemoError(
            f"{error} Without a key, there are `autogen-classic demo` and `autogen-classic demo --model local`."
        ) from error


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Set environment variables for the length of a ``with`` block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _fresh_folder() -> Iterator[None]:
    """Work in an empty folder, which is removed afterwards: the script writes its code to ``coding``."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


if __name__ == "__main__":
    sys.exit(main())
