"""A tool with which a model changes the files of a workspace by patches."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Annotated, Any

from typing_extensions import NotRequired, TypedDict

from ...._argument_checks import Texts, arguments_checked
from ...._code.workspace.diffs import apply_diff
from ...._code.workspace.editor import (
    VALID_OPERATIONS,
    PatchEditor,
    WorkspaceEditor,
    a_apply_operation,
    apply_operation,
)
from ...._core.callables import blocking
from ...._core.threads import in_thread
from ....agentchat.contrib._settings import check_methods
from ...tool import Tool

__all__ = ("VALID_OPERATIONS", "ApplyPatchTool", "PatchEditor", "WorkspaceEditor", "apply_diff")

_REJECTED = "Operation rejected by user"
_DESCRIPTION = """Create, change or delete one file of the workspace.
For create_file, diff is the whole file with '+' before each line; a '+' alone at the end gives it a final line end.
For update_file, diff has the changes in the form V4A: a line '@@' before each change, optionally followed by a line of
the file such as the head of the function; then up to three unchanged lines, each after a space, the old lines after
'-', the new lines after '+', and up to three unchanged lines again. There are no line numbers."""


class Operation(TypedDict):
    """What is to be done to one file."""

    type: Annotated[str, "create_file, update_file or delete_file."]
    path: Annotated[str, "The file, relative to the workspace, with '/' between folders."]
    diff: NotRequired[Annotated[str, "The new file or the changes; not for delete_file."]]


class ApplyPatchTool(Tool):
    """Lets a model create, change and delete files, one in each call, in the form of OpenAI's tool ``apply_patch``.

    The tool is called ``apply_patch_tool``. It takes an ``operation`` such as
    ``{"type": "update_file", "path": "src/shape.py", "diff": "..."}`` and returns
    ``{"type": "apply_patch_call_output", "call_id", "status", "output"}``. A diff that does not fit is a result with
    the status ``"failed"``, which the model reads and can react to.
    """

    @arguments_checked
    def __init__(
        self,
        *,
        editor: PatchEditor | None = None,
        workspace_dir: str | os.PathLike[str] | None = None,
        needs_approval: bool = False,
        on_approval: Callable[[dict[str, Any], dict[str, Any]], object] | None = None,
        allowed_paths: Texts | None = ["**"],  # noqa: B006 - as in AG2
        async_patches: bool = False,
    ) -> None:
        """Make the tool.

        Args:
            editor: what applies the operations; None makes a `WorkspaceEditor`.
            workspace_dir: the folder of the `WorkspaceEditor`.
            needs_approval: whether ``on_approval`` is asked before each operation.
            on_approval: takes a dict, which is empty, and the operation, and returns ``{"approve": True}`` or
                ``{"approve": False}``, or True or False. It may be asynchronous.
            allowed_paths: patterns of the paths that the `WorkspaceEditor` may touch.
            async_patches: whether the tool is asynchronous and uses the asynchronous methods of the editor.

        Raises:
            ValueError: there is neither an ``editor`` nor a ``workspace_dir``, or approval is needed and nobody can be
                asked for it.
            OSError: the folder cannot be made.
        """
        if needs_approval and on_approval is None:
            raise ValueError("needs_approval=True needs on_approval, a function that says yes or no to an operation.")
        chosen = _editor_of(editor, workspace_dir, allowed_paths, async_patches)
        ask = on_approval if needs_approval else None
        asynchronous = async_patches or inspect.iscoroutinefunction(ask)

        @blocking
        def apply_patch_tool(
            operation: Annotated[Operation, "What is to be done."],
            call_id: Annotated[str, "The ID of the call; not needed."] = "",
        ) -> dict[str, Any]:
            approved = ask is None or _is_yes(ask({}, dict(operation)))
            return _told(call_id, apply_operation(chosen, operation) if approved else _rejected())

        async def a_apply_patch_tool(
            operation: Annotated[Operation, "What is to be done."],
            call_id: Annotated[str, "The ID of the call; not needed."] = "",
        ) -> dict[str, Any]:
            answer = True if ask is None else ask({}, dict(operation))
            approved = _is_yes(await answer if inspect.isawaitable(answer) else answer)
            if not approved:
                return _told(call_id, _rejected())
            if async_patches:
                return _told(call_id, await a_apply_operation(chosen, operation))
            return _told(call_id, await in_thread(apply_operation, chosen, operation))

        super().__init__(
            name="apply_patch_tool",
            description=_DESCRIPTION,
            func_or_tool=a_apply_patch_tool if asynchronous else apply_patch_tool,
        )


def _editor_of(
    editor: PatchEditor | None,
    workspace_dir: str | os.PathLike[str] | None,
    allowed_paths: Texts | None,
    asynchronous: bool,
) -> PatchEditor:
    """The editor of a tool: one of the program's own, or else one for the workspace."""
    if editor is None:
        if workspace_dir is None:
            raise ValueError("An ApplyPatchTool needs a workspace_dir, or an editor of its own.")
        return WorkspaceEditor(workspace_dir, allowed_paths)
    check_methods("editor", editor, *(f"a_{name}" if asynchronous else name for name in sorted(VALID_OPERATIONS)))
    return editor


def _rejected() -> dict[str, Any]:
    return {"status": "failed", "output": _REJECTED}


def _is_yes(answer: object) -> bool:
    """Read what `on_approval` returned; all but a clear yes is a no."""
    return answer is True or (isinstance(answer, dict) and answer.get("approve") is True)


def _told(call_id: str, result: dict[str, Any]) -> dict[str, Any]:
    return {"type": "apply_patch_call_output", "call_id": call_id, **result}
