"""Optional packages, at AG2's path: import them if they are there, and say what to install where they are needed."""

from __future__ import annotations

import functools
import inspect
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from typing import Any, ClassVar, Generic, TypeVar, cast

from ._modules import ModuleInfo, get_missing_imports

__all__ = (
    "ModuleInfo",
    "PatchCallable",
    "PatchClass",
    "PatchInit",
    "PatchObject",
    "PatchProperty",
    "PatchStatic",
    "Result",
    "get_missing_imports",
    "optional_import_block",
    "patch_object",
    "require_optional_import",
    "run_for_optional_imports",
    "skip_on_missing_imports",
)

F = TypeVar("F", bound=Callable[..., Any])
G = TypeVar("G", bound="Callable[..., Any] | type")
T = TypeVar("T")

logger = logging.getLogger("autogen.import_utils")

# --- Imports ---------------------------------------------------------------------------------------------------------


class Result:
    """Whether the imports of an `optional_import_block` succeeded."""

    def __init__(self) -> None:
        """Wait for the end of the block."""
        self._failed: bool | None = None

    @property
    def is_successful(self) -> bool:
        """Whether they did.

        Raises:
            ValueError: the block has not ended.
        """
        if self._failed is None:
            raise ValueError("Result not set")
        return not self._failed


@contextmanager
def optional_import_block() -> Generator[Result, None, None]:
    """Go on after the block if one of its imports fails.

    Returns:
        A context manager that gives the `Result`, to be read after the block.
    """
    result = Result()
    try:
        yield result
        result._failed = False
    except ImportError as error:
        logger.debug("An optional import failed: %s", error)
        result._failed = True


# --- What needs it ---------------------------------------------------------------------------------------------------


class PatchObject(ABC, Generic[T]):
    """Puts an error that says what to install in the place of something that needs missing modules."""

    _kinds: ClassVar[list[type[PatchObject[Any]]]] = []

    def __init__(self, o: T, missing_modules: dict[str, str], dep_target: str) -> None:
        """Prepare.

        Args:
            o: what needs the modules.
            missing_modules: what is wrong with each of them, by its name.
            dep_target: the extra that brings them.

        Raises:
            ValueError: this class is not for such a thing.
        """
        if not self.accept(o):
            raise ValueError(f"Cannot patch object of type {type(o)}")
        self.o = o
        self.missing_modules = missing_modules
        self.dep_target = dep_target
        self.needed_by: object = self.get_object_with_metadata()

    @classmethod
    @abstractmethod
    def accept(cls, o: object) -> bool:
        """Tell whether this class is for such a thing."""

    @abstractmethod
    def patch(self, except_for: str | Iterable[str] | None) -> T:
        """Make what takes its place.

        Args:
            except_for: the names that stay as they are.
        """

    def get_object_with_metadata(self) -> object:
        """The function that has the name and the docstring."""
        return self.o

    @property
    def msg(self) -> str:
        """What the error says."""
        parts = (getattr(self.needed_by, "__module__", None), getattr(self.needed_by, "__qualname__", None))
        place = ".".join(part for part in parts if part)
        several = len(self.missing_modules) > 1
        problems = "\n".join(f" - {problem}" for problem in self.missing_modules.values())
        return (
            f"{'Modules' if several else 'A module'} needed for {place} {'are' if several else 'is'} missing:\n"
            f"{problems}\nPlease install {'them' if several else 'it'} using:\n"
            f"'pip install autogen-classic[{self.dep_target}]'"
        )

    def copy_metadata(self, retval: Callable[..., object]) -> None:
        """Give something the name and the docstring of the original.

        Args:
            retval: what gets them.
        """
        functools.update_wrapper(retval, cast("Callable[..., object]", self.get_object_with_metadata()))

    @classmethod
    def register(cls) -> Callable[[type[PatchObject[Any]]], type[PatchObject[Any]]]:
        """Add a kind of things that can be patched: a decorator."""

        def decorate(kind: type[PatchObject[Any]]) -> type[PatchObject[Any]]:
            cls._kinds.append(kind)
            return kind

        return decorate

    @classmethod
    def create(cls, o: T, *, missing_modules: dict[str, str], dep_target: str) -> PatchObject[T] | None:
        """Find what patches a thing.

        Args:
            o: the thing.
            missing_modules: what is wrong with each module, by its name.
            dep_target: the extra that brings them.

        Returns:
            What patches it, or None.
        """
        kind = next((kind for kind in cls._kinds if kind.accept(o)), None)
        return None if kind is None else kind(o, missing_modules, dep_target)

    def _refusing(self) -> T:
        """A function that raises the error."""
        message = self.msg

        def refuse(*args: object, **kwargs: object) -> None:
            raise ImportError(message)

        self.copy_metadata(refuse)
        return cast(T, refuse)


@PatchObject.register()
class PatchCallable(PatchObject[F]):
    """Patches functions and methods."""

    @classmethod
    def accept(cls, o: object) -> bool:
        """Tell whether it is a function or a method."""
        return inspect.isfunction(o) or inspect.ismethod(o)

    def patch(self, except_for: str | Iterable[str] | None) -> F:
        """See `PatchObject.patch`."""
        kept: F = self.o
        return kept if self.o.__name__ in _names(except_for) else self._refusing()


@PatchObject.register()
class PatchStatic(PatchObject["staticmethod[..., Any] | classmethod[Any, ..., Any]"]):
    """Patches static and class methods."""

    @classmethod
    def accept(cls, o: object) -> bool:
        """Tell whether it is a static or class method, as it stands in its class."""
        return isinstance(o, (staticmethod, classmethod))

    def get_object_with_metadata(self) -> object:
        """See `PatchObject.get_object_with_metadata`."""
        return self.o.__func__

    def patch(self, except_for: str | Iterable[str] | None) -> staticmethod[..., Any] | classmethod[Any, ..., Any]:
        """See `PatchObject.patch`."""
        kept = self.o.__func__.__name__ in _names(except_for)
        return self.o if kept else type(self.o)(cast("Callable[..., Any]", self._refusing()))


@PatchObject.register()
class PatchInit(PatchObject[F]):
    """Patches a constructor that a class has inherited from ``object``."""

    @classmethod
    def accept(cls, o: object) -> bool:
        """Tell whether it is such a constructor."""
        return inspect.ismethoddescriptor(o) and getattr(o, "__name__", "") == "__init__"

    def patch(self, except_for: str | Iterable[str] | None) -> F:
        """See `PatchObject.patch`."""
        kept: F = self.o
        return kept if "__init__" in _names(except_for) else self._refusing()


@PatchObject.register()
class PatchProperty(PatchObject[Any]):
    """Patches properties."""

    @classmethod
    def accept(cls, o: object) -> bool:
        """Tell whether it is a property."""
        return isinstance(o, property) and o.fget is not None

    def get_object_with_metadata(self) -> object:
        """See `PatchObject.get_object_with_metadata`."""
        return self.o.fget

    def patch(self, except_for: str | Iterable[str] | None) -> property:
        """See `PatchObject.patch`."""
        kept: property = self.o
        return kept if self.o.fget.__name__ in _names(except_for) else property(self._refusing())


@PatchObject.register()
class PatchClass(PatchObject[type]):
    """Patches the methods of a class, also inherited ones; of special methods only the constructor."""

    @classmethod
    def accept(cls, o: object) -> bool:
        """Tell whether it is a class."""
        return inspect.isclass(o)

    def patch(self, except_for: str | Iterable[str] | None) -> type:
        """See `PatchObject.patch`."""
        if self.o.__name__ in _names(except_for):
            return self.o
        for name in dir(self.o):
            is_special = name.startswith("__") and name != "__init__"
            member = inspect.getattr_static(self.o, name)
            if is_special or name in _names(except_for) or inspect.isclass(member):
                continue
            patcher = PatchObject.create(member, missing_modules=self.missing_modules, dep_target=self.dep_target)
            if patcher is not None:
                patcher.needed_by = self.o
                setattr(self.o, name, patcher.patch(except_for))
        return self.o


def _names(except_for: str | Iterable[str] | None) -> tuple[str, ...]:
    return (except_for,) if isinstance(except_for, str) else tuple(except_for or ())


def patch_object(
    o: T,
    *,
    missing_modules: dict[str, str],
    dep_target: str,
    fail_if_not_patchable: bool = True,
    except_for: str | Iterable[str] | None = None,
) -> T:
    """Have something that needs missing modules raise an error that says what to install.

    Args:
        o: a function, method, property or class; a class is changed.
        missing_modules: what is wrong with each module, by its name.
        dep_target: the extra that brings them.
        fail_if_not_patchable: False returns other things as they are.
        except_for: the name of a method that works without the modules, or several.

    Returns:
        What takes its place.

    Raises:
        ValueError: ``o`` is none of these, and ``fail_if_not_patchable`` is True.
    """
    patcher = PatchObject.create(o, missing_modules=missing_modules, dep_target=dep_target)
    if patcher is not None:
        return patcher.patch(except_for)
    if fail_if_not_patchable:
        raise ValueError(f"Cannot patch object of type {type(o)}")
    return o


def require_optional_import(
    modules: str | Iterable[str], dep_target: str, *, except_for: str | Iterable[str] | None = None
) -> Callable[[T], T]:
    """Say what a function or class needs: a decorator.

    Args:
        modules: one or more modules, as `ModuleInfo.from_str` reads them.
        dep_target: the extra that brings them.
        except_for: the name of a method that works without them, or several.

    Returns:
        A decorator that changes nothing if they are there; otherwise its calls raise an ImportError.
    """
    missing = get_missing_imports(modules)

    def decorate(o: T) -> T:
        if not missing:
            return o
        return patch_object(o, missing_modules=missing, dep_target=dep_target, except_for=except_for)

    return decorate


# --- For tests -------------------------------------------------------------------------------------------------------


def _marked(o: G, dep_target: str) -> G:
    import pytest

    marked: G = pytest.mark.aux_neg_flag(getattr(pytest.mark, dep_target.replace("-", "_"))(o))
    return marked


def run_for_optional_imports(modules: str | Iterable[str], dep_target: str) -> Callable[[G], G]:
    """Mark a test with the extra that it needs, so that runs choose it by ``-m``: a decorator.

    Args:
        modules: one or more modules, as `ModuleInfo.from_str` reads them.
        dep_target: the extra that brings them.

    Returns:
        A decorator that marks a test; without the modules it fails with what to install.
    """
    require = require_optional_import(modules, dep_target)

    def decorate(o: G) -> G:
        return _marked(require(o), dep_target)

    return decorate


def skip_on_missing_imports(modules: str | Iterable[str], dep_target: str) -> Callable[[G], G]:
    """Skip a test where modules are missing: a decorator.

    Args:
        modules: one or more modules, as `ModuleInfo.from_str` reads them.
        dep_target: the extra that brings them.

    Returns:
        A decorator that marks a test as `run_for_optional_imports` does, and to be skipped without the modules.
    """
    missing = get_missing_imports(modules)

    def decorate(o: G) -> G:
        o = _marked(o, dep_target)
        if not missing:
            return o
        import pytest

        names = ", ".join(missing)
        reason = f"Missing module{'s' if len(missing) > 1 else ''}: {names}. "
        skipped: G = pytest.mark.skip(f"{reason}Install using 'pip install autogen-classic[{dep_target}]'")(o)
        return skipped

    return decorate
