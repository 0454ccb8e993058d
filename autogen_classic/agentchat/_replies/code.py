"""The reply that runs the code in a message, with an executor or in the older way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, Literal

from ..._code.fences import UNKNOWN, extract_code, infer_lang
from ..._core.drive import WHICH_WAY, Steps
from ..._core.events import CodeExecuted, CodeExecuting, emit
from ..._core.messages import Message
from ..._core.party import Agent, Party
from ..._core.shared_loop import call_of
from ..._core.tags import keep_foreign_pictures
from ..._core.tape import code_steps
from .. import _literals

__all__ = ("code_execution_reply", "code_reply_with_executor", "execute_blocks")

PYTHON_NAMES = ("python", "Python", "py")
SHELL_NAMES = ("bash", "shell", "sh")
_FILENAME_MARK = "# filename: "


def code_reply_with_executor(
    agent: Party, /, messages: list[Message] | None = None, sender: Agent | None = None, config: object = None
) -> Steps[tuple[bool, str | None]]:
    """Run the code blocks of the latest message that has any, with the agent's code executor.

    Args:
        agent: whose executor runs the code.
        messages: the conversation; by default that with ``sender``.
        sender: the partner.
        config: must be None; the configuration of the agent counts.

    Returns:
        ``(True, exit code and output)``, or ``(False, None)`` if there is no code.

    Raises:
        ValueError: there is a config, or ``last_n_messages`` is not a number of messages.
    """
    if config is not None:
        raise ValueError("config is not supported for _generate_code_execution_reply_using_executor.")
    if agent._code_execution_config is False:
        return False, None
    if messages is None:
        messages = agent._oai_messages[sender]
    extract = agent._code_executor.code_extractor.extract_code_blocks
    contents = _contents_in_reach(messages, agent._code_execution_config)
    blocks = next(filter(None, map(extract, contents)), None)
    if blocks is None:
        return False, None
    emit(CodeExecuting(agent, [block.language for block in blocks], None, [block.code for block in blocks]))
    run = call_of((yield WHICH_WAY), agent._code_executor.execute_code_blocks, blocks)
    began = perf_counter()
    result = yield from code_steps(agent, [(block.language, block.code) for block in blocks], run)
    return True, _told(agent, result.exit_code, result.output, perf_counter() - began)


def code_execution_reply(
    agent: Party,
    /,
    messages: list[Message] | None = None,
    sender: Agent | None = None,
    config: dict[str, Any] | Literal[False] | None = None,
) -> Steps[tuple[bool, str | None]]:
    """Run the code blocks of the latest message that has any, in a process each.

    Args:
        agent: whose ``execute_code_blocks`` runs the code.
        messages: the conversation; by default that with ``sender``.
        sender: the partner.
        config: in place of the agent's ``code_execution_config``; False runs nothing.

    Returns:
        ``(True, exit code and output)``, or ``(False, None)`` if there is no code.

    Raises:
        ValueError: ``last_n_messages`` is not a number of messages.
    """
    settings = agent._code_execution_config if config is None else config
    if settings is False:
        return False, None
    settings.setdefault("last_n_messages", "auto")
    if messages is None:
        messages = agent._oai_messages[sender]
    blocks = next(filter(_are_code, map(extract_code, _contents_in_reach(messages, settings))), None)
    if blocks is None:
        return False, None
    run = call_of((yield WHICH_WAY), agent.execute_code_blocks, blocks)
    began = perf_counter()
    exit_code, output = yield from code_steps(agent, blocks, run)
    return True, _told(agent, exit_code, output, perf_counter() - began)


def _are_code(blocks: list[tuple[str, str]]) -> bool:
    """Whether `extract_code` has found code: otherwise it returns the whole text as one block of unknown language."""
    return len(blocks) != 1 or blocks[0][0] != UNKNOWN


def execute_blocks(agent: Party, code_blocks: Sequence[tuple[str | None, str]]) -> tuple[int, str]:
    """Run code blocks one after the other until one fails.

    Args:
        agent: the agent whose ``run_code`` is called, and whose ``_code_execution_config`` counts.
        code_blocks: pairs of language (guessed if it is missing) and code.

    Returns:
        The exit code of the last block that ran, and the output of all.
    """
    output = ""
    exit_code = 0
    settings = agent._code_execution_config
    for number, (given_language, code) in enumerate(code_blocks):
        language = given_language or infer_lang(code)
        emit(CodeExecuting(agent, [language], number, [code]))
        arguments = {key: settings[key] for key in settings if key not in ("last_n_messages", "executor")}
        if language in SHELL_NAMES:
            exit_code, text, image = agent.run_code(code, lang=language, **arguments)
        elif language in PYTHON_NAMES:
            exit_code, text, image = agent.run_code(code, lang="python", filename=_filename_in(code), **arguments)
        else:
            exit_code, text, image = 1, f"unknown language {language}", None
        if image is not None:
            settings["use_docker"] = image
        output += "\n" + text
        if exit_code != 0:
            break
    return exit_code, output


def _filename_in(code: str) -> str | None:
    """The name that code gives its file in a comment on its first line, if it does."""
    first_line = code.partition("\n")[0]
    return first_line.removeprefix(_FILENAME_MARK).strip() if first_line.startswith(_FILENAME_MARK) else None


def _contents_in_reach(messages: list[Message], settings: dict[str, Any]) -> Iterator[Any]:
    """The contents in which code is looked for, the latest first."""
    for message in reversed(_messages_in_reach(messages, settings)):
        if message.get("content"):
            yield message["content"]


def _messages_in_reach(messages: list[Message], settings: dict[str, Any]) -> list[Message]:
    """The messages in which code is looked for: the last n, or with "auto" all of the role "user" at the end."""
    wanted = settings.get("last_n_messages", "auto")
    if wanted != "auto":
        if not isinstance(wanted, int) or wanted < 0:
            raise ValueError(
                f"last_n_messages in code_execution_config must be either a non-negative integer, or the string "
                f"'auto', but it is {wanted!r}."
            )
        return messages[max(len(messages) - wanted, 0) :]
    reach = 0
    while reach < len(messages) and messages[-1 - reach].get("role") == "user":
        reach += 1
    return messages[len(messages) - reach :]


def _told(agent: Party, exit_code: int, output: str, seconds: float) -> str:
    """Tell the listeners that code has run, and return the text of the reply."""
    emit(CodeExecuted(agent, exit_code, output, seconds))
    keep_foreign_pictures(output)
    outcome = _literals.EXECUTION_SUCCEEDED if exit_code == 0 else _literals.EXECUTION_FAILED
    return _literals.EXECUTION_RESULT.format(exit_code=exit_code, outcome=outcome, output=output)
