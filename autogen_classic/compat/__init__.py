"""Old programs unchanged: ``import autogen`` is answered by this package."""

from __future__ import annotations

from .alias import AliasRefusedError, install_as_autogen, uninstall_as_autogen

__all__ = ("AliasRefusedError", "install_as_autogen", "uninstall_as_autogen")
