"""Load a public name of a package when it is first asked for.

A package lists where each public name lives; its module ``__getattr__`` hands the question on to `load`. The value
is not stored in the package: a program that patches the name in its home module, even before anybody has asked for
it here, sees its own patch and, once the patch is undone, the original again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from importlib.util import resolve_name
from typing import Any

__all__ = ("load",)


def load(package: str, name: str, homes: Mapping[str, str], submodules: Collection[str] = ()) -> Any:
    """Return a public name of a package, importing the module that holds it.

    Args:
        package: the full name of the package, its ``__name__``.
        name: the attribute that was asked for.
        homes: for each public name, the module that defines it, relative to the package (``".agentchat.chat"``, or
            ``"..cache.cache"`` for one beside it).
        submodules: names of submodules that are attributes of the package without having been imported.

    Returns:
        The object, or the submodule.

    Raises:
        AttributeError: the package has no such name, or its home is not part of this version.
    """
    home = f"{package}.{name}" if name in submodules else homes.get(name, "")
    if not home:
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name)
    full_home = resolve_name(home, package)
    try:
        module = import_module(full_home)
    except ModuleNotFoundError as error:
        if error.name is None or not (full_home + ".").startswith(error.name + "."):
            raise
        raise AttributeError(
            f"module {package!r} has no attribute {name!r}: {full_home} is not part of this version", name=name
        ) from error
    return module if name in submodules else getattr(module, name)
