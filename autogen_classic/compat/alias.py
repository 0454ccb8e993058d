"""One set of modules under two names.

Putting a package into ``sys.modules`` twice would load its submodules twice, with two sets of classes. So the alias
is a finder: it is asked for ``autogen.x.y``, imports ``autogen_classic.x.y`` and hands out that very object. Identity,
``isinstance``, pickling by reference and ``mock.patch("autogen.x.y.z")`` work because there is nothing to tell apart.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import AliasRefusedError

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:  # their module loads tempfile, shutil and three kinds of archives
    Loader = MetaPathFinder = object

__all__ = ("ALIAS", "AliasRefusedError", "install_as_autogen", "refusal", "uninstall_as_autogen")

ALIAS = "autogen"
REAL = __name__.partition(".")[0]

# The class that the .pth file of `environment` defines at the start of the interpreter.
STARTUP_FINDER = "AutogenClassicAlias"

_lock = threading.RLock()


class _AliasLoader(Loader):
    """Load ``autogen.x`` by importing ``autogen_classic.x``."""

    def __init__(self, real_name: str) -> None:
        self._real_name = real_name
        self._real_spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self._real_name)
        self._real_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The module has run under its real name, but the import system has just put the alias's spec on it.
        module.__spec__ = self._real_spec


class _AliasFinder(MetaPathFinder):
    """Find ``autogen`` and everything below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not (fullname + ".").startswith(ALIAS + "."):
            return None
        real_name = REAL + fullname[len(ALIAS) :]
        real_spec = importlib.util.find_spec(real_name)
        if real_spec is None:
            return None
        return ModuleSpec(
            fullname,
            _AliasLoader(real_name),
            origin=real_spec.origin,
            is_package=real_spec.submodule_search_locations is not None,
        )


_finder = _AliasFinder()


def install_as_autogen() -> None:
    """Make ``import autogen`` and every ``autogen.x.y`` mean the modules of this package.

    Call it before the first ``import autogen`` of the program. Calling it again changes nothing.

    Raises:
        AliasRefusedError: another ``autogen`` is installed or already imported; the text names it.
    """
    with _lock:
        if _finder in sys.meta_path:
            return
        reason = refusal()
        if reason is not None:
            raise AliasRefusedError(reason, name=ALIAS)
        sys.meta_path.insert(0, _finder)


def uninstall_as_autogen() -> None:
    """Undo `install_as_autogen`: the next ``import autogen`` finds what the environment holds, if anything.

    Modules that a program has already imported stay usable.
    """
    with _lock:
        if _finder in sys.meta_path:
            sys.meta_path.remove(_finder)
        for name, module in list(sys.modules.items()):
            if (name + ".").startswith(ALIAS + ".") and module is sys.modules.get(REAL + name[len(ALIAS) :]):
                del sys.modules[name]


def refusal() -> str | None:
    """Say why ``autogen`` cannot become an alias of this package here.

    Nothing is imported to find out.

    Returns:
        A sentence or two for the user, or None when nothing is in the way.
    """
    imported = sys.modules.get(ALIAS)
    if imported is not None:
        if imported is sys.modules.get(REAL):
            return None
        return (
            f"Another `autogen` has already been imported, from {getattr(imported, '__file__', 'an unknown place')}. "
            "Call install_as_autogen() at the very start of the program, where no other `autogen` is installed."
        )
    other = _other_autogen()
    if other is None:
        return None
    place = Path(other.origin or "")
    if place.name == "__init__.py":
        place = place.parent
    if not {"site-packages", "dist-packages"} & set(place.parts):
        return (
            f"{place} stands in the way: Python would import it as `autogen`, so that name cannot mean {REAL}. "
            "Rename it, or start the program from another folder."
        )
    distributions = _distributions_of(ALIAS)
    remedy = f"Uninstall it (python -m pip uninstall {' '.join(distributions)})" if distributions else "Remove it"
    return (
        f"Another `autogen` is installed at {place}, so that name cannot mean {REAL}. "
        f"{remedy}, or use an environment without it."
    )


def _other_autogen() -> ModuleSpec | None:
    """Return where ``import autogen`` would lead without us. A mere folder (namespace package) does not count."""
    for finder in sys.meta_path:
        if isinstance(finder, _AliasFinder) or getattr(finder, "__name__", "") == STARTUP_FINDER:
            continue
        spec = finder.find_spec(ALIAS, None)
        if spec is not None:
            return spec if spec.origin is not None else None
    return None


def _distributions_of(top_level: str) -> list[str]:
    from importlib.metadata import packages_distributions

    return sorted(set(packages_distributions().get(top_level, ())))
