"""Patches that a model writes: files of a workspace are created, changed and deleted."""

from .apply_patch_tool import ApplyPatchTool, PatchEditor, WorkspaceEditor

__all__ = ("ApplyPatchTool", "PatchEditor", "WorkspaceEditor")
