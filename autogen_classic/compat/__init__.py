"""Old programs unchanged: ``import autogen`` is answered by this package."""

from __future__ import annotations

from ..errors import AliasRefusedError
from .alias import install_as_autogen, uninstall_as_autogen

__all__ = ("AliasRefusedError", "install_as_autogen", "uninstall_as_autogen")
