"""Which bridges to other frameworks there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeVar

from .interoperable import Interoperable

__all__ = ("InteroperableRegistry", "register_interoperable_class")

BridgeT = TypeVar("BridgeT", bound=type[Interoperable])


class InteroperableRegistry:
    """Bridges by their short names. The process has one registry, see `get_instance`."""

    _instance: ClassVar[InteroperableRegistry | None] = None

    def __init__(self) -> None:
        self._classes: dict[str, type[Interoperable]] = {}

    @classmethod
    def get_instance(cls) -> InteroperableRegistry:
        """Return the registry of the process."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    def register(self, short_name: str, cls: BridgeT) -> BridgeT:
        """Add a bridge.

        Args:
            short_name: the name that programs give as ``type``.
            cls: the bridge.

        Returns:
            The bridge.

        Raises:
            ValueError: another one has the name.
        """
        if short_name in self._classes:
            taken = self._classes[short_name].__name__
            raise ValueError(f"There is a bridge of the name {short_name!r} already: {taken}. Choose another name.")
        self._classes[short_name] = cls
        return cls

    def get_short_names(self) -> list[str]:
        """Return the names of all bridges, sorted."""
        return sorted(self._classes)

    def get_supported_types(self) -> list[str]:
        """Return the names of the bridges that can be used here, sorted."""
        return [name for name in self.get_short_names() if self._classes[name].get_unsupported_reason() is None]

    def get_class(self, short_name: str) -> type[Interoperable]:
        """Return a bridge.

        Args:
            short_name: its name.

        Raises:
            ValueError: no bridge has that name.
        """
        if short_name not in self._classes:
            raise ValueError(f"There is no bridge {short_name!r}. There are {', '.join(self.get_short_names())}.")
        return self._classes[short_name]


def register_interoperable_class(short_name: str) -> Callable[[BridgeT], BridgeT]:
    """Add a bridge of your own: a decorator for its class.

    Args:
        short_name: the name that programs give as ``type``.

    Returns:
        A decorator that returns the class.

    Raises:
        ValueError: another bridge has the name (raised by the decorator).
    """

    def register(cls: BridgeT) -> BridgeT:
        return InteroperableRegistry.get_instance().register(short_name, cls)

    return register
