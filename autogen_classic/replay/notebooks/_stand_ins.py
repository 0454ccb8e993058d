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
from functools import cache
from importlib import import_module
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


class _StandInBase:
    """What a class has in place of a base that is not there: it takes any arguments, and hands them to other bases."""

    def __init__(self, *values: object, **named: object) -> None:
        following = super(_StandInBase, type(self)).__init__
        if following is not object.__init__:
            following(self, *values, **named)

    def __init_subclass__(cls, **_: object) -> None:
        super().__init_subclass__()


class _StandInError(Exception):
    """An error of a package that is not there; only a cell itself can raise it."""

    def __init__(self, *values: object, **_: object) -> None:
        super().__init__(*values)


class StandIn:
    """Something of a package that is not there: it can be named, called, subclassed and used as a decorator.

    It cannot be caught: ``except`` wants a class, which stands in only for what is called an error or an exception.

    Args:
        name: its dotted name; the first part is the package.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> StandIn | type[Exception]:
        if name in _ASKED_FOR or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(name)
        self._refuse_in_chat()
        return _stand_in(f"{self._name}.{name}")

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
        is_first = self is next(base for base in bases if isinstance(base, StandIn))
        return (_StandInBase,) if is_first else ()

    def __instancecheck__(self, value: object) -> bool:
        self._refuse_in_chat()
        return False

    __subclasscheck__ = __instancecheck__

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

    def __getattr__(self, name: str) -> StandIn | type[Exception]:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _stand_in(f"{self.__name__}.{name}")


@cache  # an error is caught by the class with which it was raised
def _stand_in(name: str) -> StandIn | type[Exception]:
    """Stand in for something of a package: for an error, which a cell may want to catch, with a class."""
    own_name = name.rpartition(".")[2]
    return type(own_name, (_StandInError,), {}) if own_name.endswith(("Error", "Exception")) else StandIn(name)


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
            within = [f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*"]
            named += [node.module] if _is_missing(node.module) else within
    return [name for name in dict.fromkeys(named) if _is_missing(name)]


def _is_missing(module: str) -> bool:
    """Whether the package of a module is not installed; of a namespace, which several distributions fill, the part."""
    for name in _with_packages(module):
        try:
            spec = find_spec(name)
        except (ImportError, ValueError):  # what a program has put in place itself is there
            return False
        if spec is None or spec.origin is not None:
            return spec is None
    return False


def _with_packages(module: str) -> Iterator[str]:
    """The packages around a module, from the outermost on, and the module itself."""
    return accumulate(module.split("."), "{}.{}".format)


@contextmanager
def standing_in(modules: Sequence[str]) -> Iterator[None]:
    """Let stand-ins be imported in place of modules.

    Args:
        modules: their dotted names.
    """
    absent = [name for module in modules for name in _with_packages(module) if _is_missing(name)]
    for name in dict.fromkeys(absent):
        sys.modules[name] = StandInModule(name)
        package, _, own_name = name.rpartition(".")
        if package:
            setattr(import_module(package), own_name, sys.modules[name])
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


def leave_pictures_blank() -> None:
    """Fetch no picture from an address from now on: no model looks at it, and a message only says that it is there."""
    vars(pictures)["picture_at"] = lambda *_, **__: (_BLANK, "image/png")
