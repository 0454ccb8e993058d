"""Whether a module is there, in a version that will do."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ("ModuleInfo", "get_missing_imports")

_REQUIREMENT = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?P<rest>.*)", re.DOTALL)
_BOUND = re.compile(r"(>=|<=|>|<)\s*([^,\s]*)")


@dataclass
class ModuleInfo:
    """A module, and which versions of it will do.

    Attributes:
        name: the name of the module.
        min_version: the lowest version; None for any.
        max_version: the highest version; None for any.
        min_inclusive: whether the lowest version itself will do.
        max_inclusive: whether the highest version itself will do.
    """

    name: str
    min_version: str | None = None
    max_version: str | None = None
    min_inclusive: bool = False
    max_inclusive: bool = False

    @classmethod
    def from_str(cls, module_info: str) -> ModuleInfo:
        """Read a module as ``"pydantic"``, ``"pydantic>=2,<3"`` or ``"google.genai"``, of which the first name counts.

        Args:
            module_info: the text.

        Returns:
            The module.

        Raises:
            ValueError: the text does not name a module, or a version is missing.
        """
        read = _REQUIREMENT.fullmatch(module_info)
        if read is None:
            raise ValueError(f"Invalid package information: {module_info}")
        module = cls(read["name"])
        for sign, version in _BOUND.findall(read["rest"]):
            if not version:
                raise ValueError(f"Invalid module information: {module_info}")
            if sign[0] == ">":
                module.min_version, module.min_inclusive = version, sign == ">="
            else:
                module.max_version, module.max_inclusive = version, sign == "<="
        return module

    def is_in_sys_modules(self) -> str | None:
        """Look whether the module can be used.

        Returns:
            None if it can; otherwise what is wrong, for a message.
        """
        if self.name not in sys.modules and importlib.util.find_spec(self.name) is None:
            return f"'{self.name}' is not installed."
        if self.min_version is None and self.max_version is None:
            return None
        installed = self._installed_version()
        if installed is None:
            return f"'{self.name}' is installed, but its version is not known (required '{self}')."
        release = _release(installed)
        complaint = f"'{self.name}' is installed, but the installed version {installed} is too"
        if self.min_version is not None:
            lowest = _release(self.min_version)
            if release < lowest or (release == lowest and not self.min_inclusive):
                return f"{complaint} low (required '{self}')."
        if self.max_version is not None:
            highest = _release(self.max_version)
            if release > highest or (release == highest and not self.max_inclusive):
                return f"{complaint} high (required '{self}')."
        return None

    def __str__(self) -> str:
        lowest = f"{'>=' if self.min_inclusive else '>'}{self.min_version}" if self.min_version else ""
        highest = f"{'<=' if self.max_inclusive else '<'}{self.max_version}" if self.max_version else ""
        return self.name + ",".join(bound for bound in (lowest, highest) if bound)

    def _installed_version(self) -> str | None:
        own = getattr(sys.modules.get(self.name), "__version__", None)
        if isinstance(own, str):
            return own
        for distribution in importlib.metadata.packages_distributions().get(self.name, ()):
            return importlib.metadata.version(distribution)
        return None


def _release(version: str) -> tuple[int, ...]:
    """The numbers of a version up to the first part that is not one, without zeros at the end: 2.0rc1 is (2,)."""
    numbers = [int(number) for number in re.match(r"[\d.]*", version.lstrip("v"))[0].split(".") if number]  # type: ignore[index]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def get_missing_imports(modules: str | Iterable[str]) -> dict[str, str]:
    """Find the modules that cannot be used.

    Args:
        modules: one or more, as `ModuleInfo.from_str` reads them.

    Returns:
        What is wrong with each of them, by its name.
    """
    named = [modules] if isinstance(modules, str) else modules
    wanted = [ModuleInfo.from_str(module) for module in named]
    return {module.name: problem for module in wanted if (problem := module.is_in_sys_modules()) is not None}
