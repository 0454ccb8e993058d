"""The tools of a request as Google's models take them: functions, or the search that a model does by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from google.genai import types

from ._messages.translation import Tool
from ._specs import GOOGLE_SEARCH

__all__ = ("cleaned", "searches_by_itself", "tool_config", "written_tools")

_TOOL_CHOICES = {"auto": "AUTO", "none": "NONE", "required": "ANY", "any": "ANY"}


def searches_by_itself(tools: Sequence[Tool]) -> bool:
    """Tell whether a model is to search the web by itself.

    Args:
        tools: what the request offers.

    Raises:
        ValueError: it offers functions as well, which Google refuses.
    """
    others = [tool.name for tool in tools if tool.name != GOOGLE_SEARCH]
    if others and len(others) < len(tools):
        raise ValueError(
            f"A model of Google's that searches by itself cannot have other tools, but it has {', '.join(others)}. "
            "Make the GoogleSearchTool with use_internal_llm_tool_if_available=False, search_api_key and "
            "search_engine_id."
        )
    return bool(tools) and not others


def written_tools(tools: Sequence[Tool]) -> types.Tool:
    """Write what a request offers.

    Args:
        tools: functions, or what stands for Google's own search.
    """
    if searches_by_itself(tools):
        return types.Tool(google_search=types.GoogleSearch())
    functions = [
        types.FunctionDeclaration(
            name=tool.name, description=tool.description, parameters_json_schema=cleaned(tool.parameters)
        )
        for tool in tools
    ]
    return types.Tool(function_declarations=functions)


def tool_config(params: Mapping[str, Any], has_tools: bool) -> types.ToolConfig | None:
    """Write OpenAI's ``tool_choice``, which Google's own ``tool_config`` overrides.

    Args:
        params: the request in the OpenAI form.
        has_tools: whether it offers functions.
    """
    if params.get("tool_config") is not None:
        return types.ToolConfig.model_validate(params["tool_config"])
    choice = params.get("tool_choice") if has_tools else None
    if isinstance(choice, Mapping) and choice.get("function"):
        calling: dict[str, Any] = {"mode": "ANY", "allowed_function_names": [choice["function"]["name"]]}
    elif choice in _TOOL_CHOICES:
        calling = {"mode": _TOOL_CHOICES[choice]}
    else:
        return None
    return types.ToolConfig(function_calling_config=types.FunctionCallingConfig(**calling))


def cleaned(schema: Any) -> Any:
    """A JSON schema without what Gemini refuses: words beside a $ref, and ``const``, which becomes an enum of one.

    Args:
        schema: the schema, or a part of it.
    """
    if isinstance(schema, list):
        return [cleaned(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"], **({"$defs": cleaned(schema["$defs"])} if "$defs" in schema else {})}
    kept = {key: cleaned(schema[key]) for key in schema if key not in ("const", "$schema")}
    if "const" in schema:
        kept["enum"] = [schema["const"]]
    return kept
