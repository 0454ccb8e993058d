"""Changes the files of one folder by patches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, Protocol

from ..._argument_checks import Texts, arguments_checked
from ..._core.threads import in_thread
from ..._core.whole_files import write_whole
from ..directory import made_directory
from .allowed_paths import is_allowed
from .diffs import apply_diff

__all__ = ("VALID_OPERATIONS", "PatchEditor", "WorkspaceEditor", "a_apply_operation", "apply_operation")

VALID_OPERATIONS = {"create_file", "update_file", "delete_file"}
"""The types of operations."""


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
        self._root = made_directory(workspace_dir, "workspace_dir").resolve()
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


def apply_operation(editor: PatchEditor, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Have an editor apply an operation.

    Args:
        editor: what applies it.
        operation: ``{"type", "path", "diff"}``.

    Returns:
        ``{"status", "output"}``; a type that does not exist is a result with the status ``"failed"``.
    """
    if operation.get("type") not in VALID_OPERATIONS:
        return _unknown(operation)
    result: dict[str, Any] = getattr(editor, operation["type"])(dict(operation))
    return result


async def a_apply_operation(editor: PatchEditor, operation: Mapping[str, Any]) -> dict[str, Any]:
    """Have an editor apply an operation by its asynchronous methods, as `apply_operation` does."""
    if operation.get("type") not in VALID_OPERATIONS:
        return _unknown(operation)
    result: dict[str, Any] = await getattr(editor, f"a_{operation['type']}")(dict(operation))
    return result


def _unknown(operation: Mapping[str, Any]) -> dict[str, Any]:
    known = ", ".join(sorted(VALID_OPERATIONS))
    return {"status": "failed", "output": f"Invalid operation type: {operation.get('type')}. Must be one of {known}."}
