"""A tool with which a model changes the files of a workspace by patches."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any, Protocol

from typing_extensions import NotRequired, TypedDict

from ...._argument_checks import Texts, arguments_checked
from ...._core.callables import blocking
from ...._core.threads import in_thread
from ...._core.whole_files import write_whole
from ....agentchat.contrib._settings import check_methods
from ...tool import Tool
from .._allowed_paths import is_allowed
from ._diffs import apply_diff

__all__ = ("VALID_OPERATIONS", "ApplyPatchTool", "PatchEditor", "WorkspaceEditor", "apply_diff")

VALID_OPERATIONS = {"create_file", "update_file", "delete_file"}
"""The types of operations."""

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


class PatchEditor(Protocol):
    """What applies the operations of an `ApplyPatchTool`.

    Each method takes an operation, ``{"type", "path", "diff"}``, and returns ``{"status", "output"}``, where the status
    is ``"completed"`` or ``"failed"``. The asynchronous ones are used with ``async_patches=True``.
    """

    def create_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Create a file from a diff in which each line has a ``+`` before it."""
        ...

    def update_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Change a file by a diff."""
        ...

    def delete_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Delete a file."""
        ...

    async def a_create_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Create a file, as `create_file` does."""
        ...

    async def a_update_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Change a file, as `update_file` does."""
        ...

    async def a_delete_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Delete a file, as `delete_file` does."""
        ...


class WorkspaceEditor:
    """Applies patches to the files below one folder.

    A path must be relative, without ``..``, and must not lead out of the folder by a symbolic link. A file is written
    in one step: a diff that does not fit leaves it as it was. Files are texts in UTF-8. Whatever goes wrong is a result
    with the status ``"failed"`` that says what, so that a model can react to it.

    Paths are checked before a file is opened. Somebody who can put symbolic links into the folder meanwhile can
    therefore get past the check; so let no program that you do not trust work in the folder at the same time.
    """

    @arguments_checked
    def __init__(self, workspace_dir: str | os.PathLike[str], allowed_paths: Texts | None = None) -> None:
        """Make an editor.

        Args:
            workspace_dir: the folder; it is made if need be.
            allowed_paths: patterns of the paths that may be touched, relative to the folder: ``["src/**", "*.md"]``.
                ``*`` stands for any text, also across folders. None allows all.

        Raises:
            TypeError: ``allowed_paths`` is a text.
            OSError: the folder cannot be made.
        """
        root = Path(workspace_dir)
        root.mkdir(parents=True, exist_ok=True)
        self._root = root.resolve()
        self._allowed = ("**",) if allowed_paths is None else tuple(allowed_paths)

    def create_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Create a file, and the folders that it is in. A file that is there already is not touched.

        Args:
            operation: ``{"path", "diff"}``.

        Returns:
            ``{"status", "output"}``.
        """
        return self._done("Created", "creating", operation, self._create)

    def update_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Change a file.

        Args:
            operation: ``{"path", "diff"}``.

        Returns:
            ``{"status", "output"}``.
        """
        return self._done("Updated", "updating", operation, self._update)

    def delete_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Delete a file. Of a symbolic link the link is deleted, not what it leads to.

        Args:
            operation: ``{"path"}``.

        Returns:
            ``{"status", "output"}``.
        """
        return self._done("Deleted", "deleting", operation, self._delete)

    async def a_create_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Create a file, as `create_file` does, without blocking."""
        return await in_thread(self.create_file, operation)

    async def a_update_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Change a file, as `update_file` does, without blocking."""
        return await in_thread(self.update_file, operation)

    async def a_delete_file(self, operation: dict[str, Any]) -> dict[str, Any]:
        """Delete a file, as `delete_file` does, without blocking."""
        return await in_thread(self.delete_file, operation)

    def _done(
        self, done: str, doing: str, operation: dict[str, Any], step: Callable[[Path, str], None]
    ) -> dict[str, Any]:
        """Take a step with a file, and tell how it went."""
        name = operation.get("path")
        try:
            step(self._file(name), str(operation.get("diff") or ""))
        except FileNotFoundError:
            return {"status": "failed", "output": f"Error: File not found at path {name!r}"}
        except OSError as error:
            return {"status": "failed", "output": f"Error {doing} {name}: {error.strerror or error}"}
        except (ValueError, RuntimeError) as error:  # a loop of symbolic links is a RuntimeError
            return {"status": "failed", "output": f"Error {doing} {name}: {error}"}
        return {"status": "completed", "output": f"{done} {name}"}

    def _file(self, name: object) -> Path:
        """The file that a path names, if it may be touched; its folder has its real name."""
        if not isinstance(name, str) or not name or "\0" in name:
            raise ValueError(f"The path must be a text that names a file, but it is {name!r}.")
        # Seen as a path of Windows, so that a path that is refused there is refused everywhere.
        seen = PureWindowsPath(name)
        if seen.anchor or ".." in seen.parts or not seen.parts:
            raise ValueError("The path must be relative to the workspace and must not contain '..'.")
        path = self._root / name
        file = path.parent.resolve() / path.name
        for place in (file, file.resolve()):
            if not place.is_relative_to(self._root):
                raise ValueError("A symbolic link in the path leads out of the workspace.")
            if not is_allowed(place.relative_to(self._root).as_posix(), self._allowed):
                raise ValueError(f"Path {name} is not allowed by allowed_paths patterns: {list(self._allowed)}")
        return file

    @staticmethod
    def _create(file: Path, diff: str) -> None:
        if os.path.lexists(file):
            raise ValueError("There is such a file already. Change it with update_file, or delete it first.")
        text = apply_diff("", diff, create=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, text.encode())

    @staticmethod
    def _update(file: Path, diff: str) -> None:
        file = _regular(file.resolve())
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            raise ValueError("The file is not a text in UTF-8.") from None
        write_whole(file, apply_diff(text, diff).encode())

    @staticmethod
    def _delete(file: Path, _: str) -> None:
        if not file.is_symlink():
            _regular(file)
        file.unlink()


def _regular(file: Path) -> Path:
    """The file, if it is one: reading a pipe need not end."""
    if file.exists() and not file.is_file():
        raise ValueError("This is not a file.")
    return file


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
        self._editor = _editor_of(editor, workspace_dir, allowed_paths, async_patches)
        self._ask = on_approval if needs_approval else None
        asynchronous = async_patches or inspect.iscoroutinefunction(self._ask)

        @blocking
        def apply_patch_tool(
            operation: Annotated[Operation, "What is to be done."],
            call_id: Annotated[str, "The ID of the call; not needed."] = "",
        ) -> dict[str, Any]:
            approved = self._ask is None or _is_yes(self._ask({}, dict(operation)))
            return _told(call_id, self._applied(operation) if approved else _rejected())

        async def a_apply_patch_tool(
            operation: Annotated[Operation, "What is to be done."],
            call_id: Annotated[str, "The ID of the call; not needed."] = "",
        ) -> dict[str, Any]:
            answer = True if self._ask is None else self._ask({}, dict(operation))
            approved = _is_yes(await answer if inspect.isawaitable(answer) else answer)
            if not approved:
                return _told(call_id, _rejected())
            applied = self._a_applied(operation) if async_patches else in_thread(self._applied, operation)
            return _told(call_id, await applied)

        super().__init__(
            name="apply_patch_tool",
            description=_DESCRIPTION,
            func_or_tool=a_apply_patch_tool if asynchronous else apply_patch_tool,
        )

    def _applied(self, operation: Operation) -> dict[str, Any]:
        """Have the editor apply an operation."""
        if operation["type"] not in VALID_OPERATIONS:
            return _unknown(operation)
        result: dict[str, Any] = getattr(self._editor, operation["type"])(dict(operation))
        return result

    async def _a_applied(self, operation: Operation) -> dict[str, Any]:
        """Have the editor apply an operation by its asynchronous methods."""
        if operation["type"] not in VALID_OPERATIONS:
            return _unknown(operation)
        result: dict[str, Any] = await getattr(self._editor, f"a_{operation['type']}")(dict(operation))
        return result


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


def _unknown(operation: Operation) -> dict[str, Any]:
    known = ", ".join(sorted(VALID_OPERATIONS))
    return {"status": "failed", "output": f"Invalid operation type: {operation['type']}. Must be one of {known}."}


def _rejected() -> dict[str, Any]:
    return {"status": "failed", "output": _REJECTED}


def _is_yes(answer: object) -> bool:
    """Read what `on_approval` returned; all but a clear yes is a no."""
    return answer is True or (isinstance(answer, dict) and answer.get("approve") is True)


def _told(call_id: str, result: dict[str, Any]) -> dict[str, Any]:
    return {"type": "apply_patch_call_output", "call_id": call_id, **result}
