"""``%load_ext autogen_classic`` in Jupyter or IPython: from then on ``import autogen`` means this package."""

from __future__ import annotations

from typing import Any

from .alias import install_as_autogen, uninstall_as_autogen

__all__ = ("load_ipython_extension", "unload_ipython_extension")


def load_ipython_extension(shell: Any) -> None:
    """Install the alias; IPython calls this.

    Args:
        shell: the running InteractiveShell; not used.

    Raises:
        AliasRefusedError: another ``autogen`` is installed or already imported.
    """
    install_as_autogen()


def unload_ipython_extension(shell: Any) -> None:
    """Remove the alias; IPython calls this for ``%unload_ext autogen_classic``.

    Args:
        shell: the running InteractiveShell; not used.
    """
    uninstall_as_autogen()
