"""What stands in for packages that nobody has installed and pictures that nobody fetches, so that chats go on.

While a cell prepares (makes a client, decorates a function, names a base class), a stand-in lets it. As soon as a
conversation needs something from one, it is a missing package.
"""

from __future__ import annotations

import ast
import base64
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import accumulate
from types import ModuleType

from ..._core import running_chats
from ..._web import pictures
from ._cells import parsed

__all__ = ("StandInModule", "leave_pictures_blank", "missing_modules", "standing_in")

_BLANK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4////fwAJ+wP9CNHoHgAAAABJRU5ErkJggg=="
)

_ASKED_FOR = ("get_secret_value",)  # what the library looks for in every value of a configuration


class StandIn:
    """Something of a package that is not there: it can be named, called, subclassed and used as a decorator.

    Args:
        name: its dotted name; the first part is the package.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> StandIn:
        if name in _ASKED_FOR or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(name)
        self._refuse_in_chat()
        return StandIn(f"{self._name}.{name}")

    def __call__(self, *values: object, **named: object) -> object:
        self._refuse_in_chat()
        decorated = values[0] if len(values) == 1 and not named else None
        return decorated if isinstance(decorated, type) or hasattr(decorated, "__code__") else self

    def __getitem__(self, key: object) -> StandIn:
        self._refuse_in_chat()
        return self

    def __iter__(self) -> Iterator[object]:
        self._refuse_in_chat()
        return iter(())

    def __enter__(self) -> StandIn:
        self._refuse_in_chat()
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        return ()

    def __or__(self, other: object) -> StandIn:
        return self

    __ror__ = __or__

    def __str__(self) -> str:
        self._refuse_in_chat()
        return f"<{self._name}, which is not installed>"

    def _refuse_in_chat(self) -> None:
        if running_chats.current() is not None:
            package = self._name.partition(".")[0]
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)


class StandInModule(ModuleType):
    """A module that has everything that is asked for.

    Args:
        name: its dotted name.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []  # what has a path is a package, from which modules can be imported

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")


def missing_modules(source: str) -> list[str]:
    """Return the modules that a cell imports at its top and whose packages are not installed, in their order.

    What stands within ``try``, ``if`` or a function is left out: the cell itself knows what to do without it, or it
    may never get there.

    Args:
        source: the cell.
    """
    named: list[str] = []
    for node in parsed(source).body:
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            named.append(node.module)
    return [name for name in dict.fromkeys(named) if _is_missing(name)]


def _is_missing(module: str) -> bool:
    package, *parts = module.split(".")
    try:
        spec = find_spec(package)
        if spec is not None and spec.origin is None and parts:  # a namespace, which several distributions fill
            spec = find_spec(f"{package}.{parts[0]}")
    except (ImportError, ValueError):
        return False
    return spec is None


@contextmanager
def standing_in(modules: Sequence[str]) -> Iterator[None]:
    """Let stand-ins be imported in place of modules.

    Args:
        modules: their dotted names.
    """
    made = {}
    for module in modules:
        parts = module.split(".")
        for name in accumulate(parts, "{}.{}".format):
            if name not in sys.modules and not (name == parts[0] and find_spec(name)):
                made[name] = sys.modules[name] = StandInModule(name)
    try:
        yield
    finally:
        for name in made:
            sys.modules.pop(name, None)


def leave_pictures_blank() -> None:
    """Fetch no picture from an address from now on: no model looks at it, and a message only says that it is there."""
    vars(pictures)["picture_at"] = lambda *_, **__: (_BLANK, "image/png")
