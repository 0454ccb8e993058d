"""Thin helpers for the Assistants API of OpenAI, version 2."""

from __future__ import annotations

from typing import Any

__all__ = (
    "create_gpt_assistant",
    "create_gpt_vector_store",
    "detect_gpt_assistant_api_version",
    "retrieve_assistants_by_name",
    "update_gpt_assistant",
)

_SECONDS_BETWEEN_LOOKS = 500 / 1000
_UPDATABLE = ("name", "instructions", "tools", "model", "description", "metadata", "temperature", "top_p")


def detect_gpt_assistant_api_version() -> str:
    """Say which version of the Assistants API is used; every openai package that is accepted here has the second."""
    return "v2"


def create_gpt_vector_store(
    client: Any, name: str, fild_ids: list[str] | None = None, *, file_ids: list[str] | None = None
) -> Any:
    """Make a vector store from uploaded files and wait until they are indexed.

    Args:
        client: an OpenAI client of the openai package.
        name: the name of the store.
        fild_ids: the ids of the files. (AutoGen 0.2 spelled the parameter so.)
        file_ids: the same, as AG2 spells it.

    Returns:
        The vector store.

    Raises:
        RuntimeError: a file could not be indexed.
        TypeError: the ids are missing.
    """
    ids = fild_ids if file_ids is None else file_ids
    if ids is None:
        raise TypeError("create_gpt_vector_store() needs file_ids: the ids of the uploaded files.")
    stores = client.vector_stores if hasattr(client, "vector_stores") else client.beta.vector_stores
    store = stores.create(name=name)
    batch = stores.file_batches.create_and_poll(
        vector_store_id=store.id, file_ids=ids, poll_interval_ms=int(_SECONDS_BETWEEN_LOOKS * 1000)
    )
    if batch.status != "completed" or batch.file_counts.failed:
        raise RuntimeError(
            f"The vector store {name!r} ({store.id}) could not index its files: status {batch.status}, "
            f"{batch.file_counts.failed} of {batch.file_counts.total} failed."
        )
    return store


def create_gpt_assistant(
    client: Any, name: str, instructions: str, model: str, assistant_config: dict[str, Any]
) -> Any:
    """Make an assistant.

    Args:
        client: an OpenAI client of the openai package.
        name: its name.
        instructions: its instructions.
        model: the model it uses.
        assistant_config: ``tools``; ``tool_resources``, in which ``file_ids`` of a file search are put into a new
            vector store; or ``file_ids`` as in version 1, which go to the tools that are there.

    Returns:
        The assistant.
    """
    tools = assistant_config.get("tools", [])
    kinds = {tool.get("type") for tool in tools}
    resources = {kind: dict(resource) for kind, resource in (assistant_config.get("tool_resources") or {}).items()}
    loose_files = assistant_config.get("file_ids")
    if loose_files:
        for kind in kinds & {"code_interpreter", "file_search", "retrieval"}:
            resources.setdefault("file_search" if kind == "retrieval" else kind, {"file_ids": loose_files})
    search = resources.get("file_search", {})
    if search.get("file_ids"):
        store = create_gpt_vector_store(client, f"{name}-files", search.pop("file_ids"))
        search["vector_store_ids"] = [*search.get("vector_store_ids", []), store.id]
    request: dict[str, Any] = {
        "name": name,
        "instructions": instructions,
        "model": model,
        "tools": [{**tool, "type": "file_search"} if tool.get("type") == "retrieval" else tool for tool in tools],
    }
    if resources:
        request["tool_resources"] = resources
    return client.beta.assistants.create(**request)


def update_gpt_assistant(client: Any, assistant_id: str, assistant_config: dict[str, Any]) -> Any:
    """Change an assistant.

    Args:
        client: an OpenAI client of the openai package.
        assistant_id: its id.
        assistant_config: the fields to change, including ``tool_resources``.

    Returns:
        The changed assistant.
    """
    changes = {
        key: assistant_config[key] for key in (*_UPDATABLE, "tool_resources") if assistant_config.get(key) is not None
    }
    return client.beta.assistants.update(assistant_id=assistant_id, **changes)


def retrieve_assistants_by_name(client: Any, name: str) -> list[Any]:
    """Find the assistants with a name, newest first.

    Args:
        client: an OpenAI client of the openai package.
        name: the name.
    """
    return [assistant for assistant in client.beta.assistants.list() if assistant.name == name]
