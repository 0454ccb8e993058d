"""What an assistant is made of, and the request that it becomes.

OpenAI has no assistants any more. What was kept on its servers, the instructions and tools, now goes out with each
request; a prompt that OpenAI keeps (its id begins with ``pmpt_``) may stand in for them.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from ...._secrets import shown_without_keys
from ...._warn import warn_once
from .._settings import check_kind

__all__ = (
    "Assistant",
    "Thread",
    "checked_tools",
    "files_to_index",
    "identity_of",
    "is_prompt",
    "kinds_and_functions",
    "note_store",
    "request_of",
    "settings_of",
    "with_files",
)

logger = logging.getLogger("autogen.agentchat.contrib.gpt_assistant_agent")

_KEYS = ("assistant_id", "check_every_ms", "file_ids", "tool_resources", "tools")
_FILE_SEARCH = ("file_search", "retrieval")
_KINDS_OF_TOOLS = (
    "apply_patch",
    "code_interpreter",
    "computer_use_preview",
    "custom",
    "file_search",
    "function",
    "image_generation",
    "local_shell",
    "mcp",
    "retrieval",
    "shell",
    "web_search",
    "web_search_preview",
)


@dataclass
class Assistant:
    """An assistant; the names are those that OpenAI's API had.

    Attributes:
        id: its id: that of a prompt at OpenAI, that of an assistant that OpenAI once had, or one made from the rest.
        name: its name.
        instructions: what the model is told; None leaves that to the prompt.
        model: the model.
        tools: its tools, in the form of chat completions or of the API of assistants.
        tool_resources: the files and vector stores of ``code_interpreter`` and ``file_search``.
        settings: ``temperature``, ``top_p``, ``response_format`` and the like.
    """

    id: str
    name: str
    instructions: str | None
    model: str | None
    tools: list[dict[str, Any]] = field(default_factory=list)
    tool_resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Thread:
    """What was said between an assistant and one partner: a conversation at OpenAI.

    Attributes:
        id: the id of the conversation.
    """

    id: str


def settings_of(
    llm_config: Mapping[str, Any], assistant_config: Mapping[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Separate what describes an assistant from what describes a model; programs mix the two.

    Args:
        llm_config: the configuration of the model, perhaps with keys of an assistant.
        assistant_config: the configuration of the assistant; it counts before keys of ``llm_config``.

    Returns:
        The configuration of the model, and that of the assistant.

    Raises:
        TypeError: one of them is not a dict.
    """
    check_kind("llm_config", llm_config, "a dict", Mapping)
    check_kind("assistant_config", assistant_config, 'a dict such as {"tools": [...]}', Mapping)
    of_model = {key: llm_config[key] for key in llm_config if key not in _KEYS}
    of_assistant = {key: llm_config[key] for key in _KEYS if key in llm_config}
    return of_model, {**of_assistant, **(assistant_config or {})}


def checked_tools(given: object) -> list[dict[str, Any]]:
    """Look at the tools of an assistant before anything is asked and paid for.

    Args:
        given: what the configuration has as ``tools``.

    Returns:
        A new list of them, functions in the form of chat completions. One of an unknown type may be newer than this
        library: it is sent, and a warning tells.

    Raises:
        TypeError: it is not a list of dicts.
        ValueError: a function has no name.
    """
    if given is not None and not isinstance(given, (list, tuple)):
        raise TypeError(
            f'tools must be a list such as [{{"type": "file_search"}}], but it is {shown_without_keys(given)}.'
        )
    tools: list[dict[str, Any]] = []
    for tool in given or ():
        if not isinstance(tool, Mapping):
            raise TypeError(
                f'A tool must be a dict such as {{"type": "file_search"}}, but one is {shown_without_keys(tool)}.'
            )
        kind = str(tool.get("type", "function"))
        if kind == "function":
            tools.append(_function(tool))
            continue
        if kind not in _KINDS_OF_TOOLS:
            near = get_close_matches(kind, _KINDS_OF_TOOLS, 1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            known = ", ".join(_KINDS_OF_TOOLS)
            warn_once(logger, f"Nothing is known here of tools of the type {kind!r}.{meant} Known are: {known}.")
        tools.append(dict(tool))
    return tools


def _function(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A function in the form of chat completions; the Responses API has its parts beside the type."""
    function = tool.get("function") or {key: part for key, part in tool.items() if key != "type"}
    if not function.get("name"):
        raise ValueError(
            'A function among the tools has no name. Its form is {"type": "function", "function": {"name": ..., '
            f'"description": ..., "parameters": ...}}}}, but it is {shown_without_keys(tool, 200)}.'
        )
    return {"type": "function", "function": function}


def with_files(assistant_config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The resources of an assistant's tools; loose ``file_ids`` go to each tool that is there.

    Args:
        assistant_config: the configuration of the assistant.
    """
    resources = {kind: dict(given) for kind, given in (assistant_config.get("tool_resources") or {}).items()}
    loose_files = assistant_config.get("file_ids")
    kinds = {tool.get("type") for tool in assistant_config.get("tools") or ()}
    if loose_files:
        for kind in kinds & {"code_interpreter", *_FILE_SEARCH}:
            resources.setdefault("file_search" if kind in _FILE_SEARCH else kind, {"file_ids": list(loose_files)})
    return resources


def is_prompt(identity: str | None) -> bool:
    """Tell whether an id is that of a prompt at OpenAI."""
    return bool(identity) and str(identity).startswith("pmpt_")


def identity_of(name: str, instructions: str | None, tools: list[dict[str, Any]]) -> str:
    """Make an id that is the same for equal assistants."""
    text = json.dumps([name, instructions, tools], sort_keys=True, default=str)
    return f"asst_{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def kinds_and_functions(tools: Iterable[Mapping[str, Any]]) -> tuple[set[str], set[str]]:
    """The kinds of tools other than functions, and the names of the functions.

    Args:
        tools: tools in the form of chat completions or of the API of assistants.
    """
    kinds, functions = set(), set()
    for tool in tools:
        kind = str(tool.get("type", "function"))
        if kind == "function":
            functions.add(str((tool.get("function") or tool).get("name")))
        else:
            kinds.add("file_search" if kind in _FILE_SEARCH else kind)
    return kinds, functions


def files_to_index(assistant: Assistant) -> list[str]:
    """The files that the file search shall find, and that are in no vector store yet."""
    return list(assistant.tool_resources.get("file_search", {}).get("file_ids") or ())


def note_store(assistant: Assistant, identity: str) -> None:
    """Let the file search find files in one more vector store, which holds those that were to be indexed."""
    search = assistant.tool_resources["file_search"]
    search.pop("file_ids", None)
    search["vector_store_ids"] = [*search.get("vector_store_ids", ()), identity]


def request_of(assistant: Assistant) -> dict[str, Any]:
    """Write what the requests of an assistant have in common.

    Args:
        assistant: the assistant, whose files are indexed.

    Returns:
        Parameters for ``create`` of an `OpenAIWrapper` that speaks the Responses API.

    Raises:
        ValueError: files are to be searched, but there are none.
    """
    request = dict(assistant.settings)
    if assistant.instructions is not None:
        request["instructions"] = assistant.instructions
    if is_prompt(assistant.id):
        request["extra_body"] = {**request.get("extra_body", {}), "prompt": {"id": assistant.id}}
    if assistant.tools:
        request["tools"] = [_tool(tool, assistant.tool_resources) for tool in assistant.tools]
    if "code_interpreter" in kinds_and_functions(assistant.tools)[0]:
        request["include"] = [*request.get("include", ()), "code_interpreter_call.outputs"]
    return request


def _tool(tool: dict[str, Any], resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    kind = tool.get("type")
    if kind == "code_interpreter" and "container" not in tool:
        files = list(resources.get("code_interpreter", {}).get("file_ids") or ())
        return {**tool, "container": {"type": "auto", **({"file_ids": files} if files else {})}}
    if kind not in _FILE_SEARCH or "vector_store_ids" in tool:
        return tool
    stores = resources.get("file_search", {}).get("vector_store_ids")
    if not stores:
        raise ValueError(
            "The tool file_search has nothing to search. Give the assistant_config files, as in "
            '{"tools": [{"type": "file_search"}], "file_ids": ["file-..."]}, or vector stores, as in '
            '{"tool_resources": {"file_search": {"vector_store_ids": ["vs_..."]}}}.'
        )
    settings = {key: value for key, value in (tool.get("file_search") or {}).items() if key == "max_num_results"}
    return {"type": "file_search", "vector_store_ids": list(stores), **settings}
