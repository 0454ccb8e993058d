"""The alias for a whole environment: a removable ``.pth`` file that Python reads at its start.

Its one line puts a tiny finder in front of the import system. Nothing of this package is loaded until a program says
``import autogen``; by then ``sys.path`` is complete, and it is known whether a real ``autogen`` exists.
If this package has been uninstalled, the finder steps aside without a word.
"""

from __future__ import annotations

import importlib.util
import sysconfig
import warnings
from importlib.machinery import ModuleSpec
from pathlib import Path

from ..errors import AliasRefusedError
from .alias import ALIAS, STARTUP_FINDER, install_as_autogen, refusal

__all__ = ("PTH_NAME", "alias_on_first_import", "alias_status", "disable_alias", "enable_alias", "pth_file")

PTH_NAME = "autogen_classic_alias.pth"

_STARTUP_CODE = f"""\
import sys
class {STARTUP_FINDER}:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "autogen":
            return None
        if cls in sys.meta_path:
            sys.meta_path.remove(cls)
        try:
            from autogen_classic.compat.environment import alias_on_first_import
        except ImportError:
            return None
        return alias_on_first_import()
sys.meta_path.insert(0, {STARTUP_FINDER})
"""

# site.py executes only single lines that start with "import".
_PTH_TEXT = (
    "# Written by `autogen-classic alias enable`; remove it with `autogen-classic alias disable`.\n"
    f"import sys; exec({_STARTUP_CODE!r}, {{}})\n"
)


def pth_file() -> Path:
    """Return where the ``.pth`` file of the running environment is, or would be."""
    return Path(sysconfig.get_path("purelib")) / PTH_NAME


def enable_alias() -> Path:
    """Make ``import autogen`` mean this package in every program of the running environment.

    Returns:
        The file that was written; deleting it undoes everything.

    Raises:
        AliasRefusedError: another ``autogen`` is installed.
        OSError: the site-packages folder cannot be written.
    """
    reason = refusal()
    if reason is not None:
        raise AliasRefusedError(reason, name=ALIAS)
    file = pth_file()
    file.write_text(_PTH_TEXT, encoding="utf-8")
    return file


def disable_alias() -> Path | None:
    """Undo `enable_alias`. Programs that are running keep what they have imported.

    Returns:
        The file that was removed, or None if there was none.

    Raises:
        OSError: the file cannot be removed.
    """
    file = pth_file()
    if not file.exists():
        return None
    file.unlink()
    return file


def alias_status() -> str:
    """Say in one or two sentences what ``import autogen`` means in the running environment."""
    file = pth_file()
    reason = refusal()
    if not file.exists():
        state = f"The alias is disabled: no {PTH_NAME} in {file.parent}."
        return f"{state} {reason}" if reason else state
    if reason:
        return f"The alias is enabled by {file}, but without effect. {reason}"
    return f"The alias is enabled by {file}: `import autogen` means autogen_classic."


def alias_on_first_import() -> ModuleSpec | None:
    """Answer the first ``import autogen`` of a program; the line in the ``.pth`` file calls this.

    Returns:
        The spec of the alias, or None when a real ``autogen`` exists: it is imported then, after a warning.
    """
    try:
        install_as_autogen()
    except AliasRefusedError as refused:
        warnings.warn(
            f"The alias of autogen-classic ({pth_file()}) has no effect here. {refused}", RuntimeWarning, stacklevel=2
        )
        return None
    return importlib.util.find_spec(ALIAS)
