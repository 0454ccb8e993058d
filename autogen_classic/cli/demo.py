"""The demonstration: a script for AutoGen 0.2 runs unchanged, over real HTTP, with code that really runs.

It uses the model of an OAI_CONFIG_LIST (a file here, or the environment variable) or of OPENAI_API_KEY. Where there
is neither, a small server on this machine plays the model. What it plays is scripted, but it must read the number
out of the output of the executed code like any model: the number is drawn anew in every run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

__all__ = ("main", "play_the_assistant")

SCRIPT = Path(__file__).parent / "examples" / "two_agents.py"

NUMBER_IN_OUTPUT = r"execution succeeded\)[\s\S]*?number: (\d+)"

BROKEN_CODE = """\
This script draws the number and prints it.

```python
number = 100000 + secrets.randbelow(900000)
print("number:", number)
```
"""

REPAIRED_CODE = """\
The run stopped with a NameError: the script uses the module `secrets` and never imports it. This one does.

```python
import secrets

number = 100000 + secrets.randbelow(900000)
print("number:", number)
```
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration.

    Args:
        argv: the words of the command line; those of this process where None.

    Returns:
        The exit code: 0 when the chat's answer names the number that the code drew and the sum of its digits, else 1.
    """
    parser = argparse.ArgumentParser(prog="autogen-classic demo", description="Two agents, real code, one answer.")
    parser.add_argument("--scripted", action="store_true", help="use the scripted model, whatever keys there are")
    options = parser.parse_args(argv)

    with ExitStack() as stack:
        print(f"Model:  {stack.enter_context(_model(options.scripted))}")
        print(f"Script: {SCRIPT.name}, written for AutoGen 0.2 and run unchanged\n", flush=True)
        stack.enter_context(_fresh_folder())
        result = _run_script()
    return _report(result)


def play_the_assistant(messages: Sequence[dict[str, Any]]) -> str:
    """Answer as the assistant of the demonstration would; all it knows is in the messages.

    Args:
        messages: the messages of a request to the model.

    Returns:
        The next text: code with a mistake, the repaired code, the answer, and at last the summary of the chat.
    """
    texts = [str(message.get("content") or "") for message in messages]
    number = _last_match(NUMBER_IN_OUTPUT, texts)
    if number is not None:
        answer = f"The number is {number} and the sum of its digits is {sum(map(int, number))}."
        if not any(answer in text for text in texts):
            return f"{answer}\n\nTERMINATE"
        return f"The first script lacked an import and failed; the repaired one drew a number. {answer}"
    if any("execution failed" in text for text in texts):
        return REPAIRED_CODE
    return BROKEN_CODE


def _last_match(pattern: str, texts: Sequence[str]) -> str | None:
    """The first group of the pattern in the last text that has it."""
    found = [match for text in texts for match in re.findall(pattern, text)]
    return found[-1] if found else None


@contextmanager
def _model(scripted: bool) -> Iterator[str]:
    """Point OAI_CONFIG_LIST at a model for the length of a ``with`` block.

    Yields:
        The model in words.
    """
    given = os.environ.get("OAI_CONFIG_LIST")
    if not scripted and (given or Path("OAI_CONFIG_LIST").is_file()):
        # The chat runs in another folder, so a file is named by its full path.
        is_file = given is None or Path(given).is_file()
        with _environment(OAI_CONFIG_LIST=str(Path(given or "OAI_CONFIG_LIST").resolve()) if is_file else str(given)):
            yield "the first one of your OAI_CONFIG_LIST that answers"
    elif not scripted and os.environ.get("OPENAI_API_KEY"):
        model = os.environ.get("OPENAI_MODEL", "gpt-4o-mini")
        entry = {"model": model, "api_key": os.environ["OPENAI_API_KEY"]}
        with _environment(OAI_CONFIG_LIST=json.dumps([entry])):
            yield f"{model}, with your OPENAI_API_KEY"
    else:
        from autogen_classic.testing import MockOpenAIServer

        with MockOpenAIServer(default=lambda request: play_the_assistant(request.messages)) as server:
            entry = {"model": "gpt-4o-mini", "base_url": server.base_url, "api_key": "sk-scripted"}
            with _environment(OAI_CONFIG_LIST=json.dumps([entry])):
                yield f"scripted, over HTTP at {server.base_url} (set OPENAI_API_KEY or OAI_CONFIG_LIST for a real one)"


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


def _run_script() -> Any:
    """Run the script with ``import autogen`` meaning this library, and hand back its ChatResult."""
    from autogen_classic.compat import install_as_autogen

    install_as_autogen()
    return runpy.run_path(str(SCRIPT), run_name="__main__")["result"]


def _report(result: Any) -> int:
    """Say why the chat stopped and hold its answer against what the executed code printed."""
    outputs = [str(message.get("content") or "") for message in result.chat_history]
    number = _last_match(NUMBER_IN_OUTPUT, outputs)
    print(f"Stopped by: {result.stop_reason}")
    if number is None:
        print("Check: no code of this chat printed the number.")
        return 1
    # A model may write the number with separators, such as 123,456.
    answer = re.sub(r"(?<=\d)[,. _](?=\d)", "", f"{outputs[-1]} {result.summary}")
    expected = (number, str(sum(map(int, number))))
    if not all(value in answer for value in expected):
        print(f"Check: the executed code drew {number}, digits adding up to {expected[1]}; the answer does not say so.")
        return 1
    print(f"Check: the executed code drew {number}, digits adding up to {expected[1]}, and the answer says so.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
