"""Python functions that executed code may import, with the packages and imports that they need."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any, Generic, ParamSpec, TypeVar

__all__ = (
    "Alias",
    "FunctionWithRequirements",
    "FunctionWithRequirementsStr",
    "ImportFromModule",
    "to_stub",
    "with_requirements",
)

# The empty lists that are defaults below are public, and nothing changes them.
T = TypeVar("T")
P = ParamSpec("P")


@dataclass
class Alias:
    """A name imported under another: ``name as alias``."""

    name: str
    alias: str


@dataclass
class ImportFromModule:
    """``from module import ...``.

    Attributes:
        module: the module.
        imports: the names, some of them perhaps as `Alias`.
    """

    module: str
    imports: Sequence[str | Alias]


Import = str | ImportFromModule | Alias


class FunctionWithRequirementsStr:
    """A function given as source text, with what it needs. It can be imported by executed code, but not called.

    Args:
        func: source text that defines exactly one function at its top level. It is executed once to check it.
        python_packages: packages to install, as pip takes them.
        global_imports: imports that go above the function: module names, `Alias` or `ImportFromModule`.

    Raises:
        ValueError: the text does not run, or does not define exactly one function.
    """

    def __init__(
        self,
        func: str,
        python_packages: Sequence[str] = [],
        global_imports: Sequence[Import] = [],
    ) -> None:
        self.func = func
        self.python_packages = python_packages
        self.global_imports = global_imports
        namespace: dict[str, Any] = {"__name__": "func_module"}
        try:
            tree = ast.parse(func, "func_module.py")
            exec(compile(tree, "func_module.py", "exec", dont_inherit=True), namespace)
        except Exception as error:
            raise ValueError(f"Could not compile function: {error}") from error
        names = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
        if len(names) != 1:
            raise ValueError("The string must contain exactly one function")
        self.compiled_func: Callable[..., Any] = namespace[names[0]]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in ("func", "python_packages", "global_imports"))
        return f"{type(self).__name__}({fields})"

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to be called.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("String based function with requirement objects are not directly callable")


@dataclass
class FunctionWithRequirements(Generic[T, P]):
    """A function with what it needs; call it as you would call the function.

    Attributes:
        func: the function.
        python_packages: packages to install, as pip takes them.
        global_imports: imports that go above the function: module names, `Alias` or `ImportFromModule`.
    """

    func: Callable[P, T]
    python_packages: Sequence[str] = field(default_factory=list)
    global_imports: Sequence[Import] = field(default_factory=list)

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.func)

    @classmethod
    def from_callable(
        cls,
        func: Callable[P, T],
        python_packages: Sequence[str] = [],
        global_imports: Sequence[Import] = [],
    ) -> FunctionWithRequirements[T, P]:
        """Say what a function needs.

        Args:
            func: the function; its source must be available when an executor uses it.
            python_packages: packages to install.
            global_imports: imports that go above the function.

        Returns:
            The function with its requirements.
        """
        return cls(func=func, python_packages=python_packages, global_imports=global_imports)

    @staticmethod
    def from_str(
        func: str,
        python_packages: Sequence[str] = [],
        global_imports: Sequence[Import] = [],
    ) -> FunctionWithRequirementsStr:
        """Say what a function given as source text needs.

        Args:
            func: source text that defines exactly one function.
            python_packages: packages to install.
            global_imports: imports that go above the function.

        Returns:
            The function with its requirements.

        Raises:
            ValueError: the text does not run, or does not define exactly one function.
        """
        return FunctionWithRequirementsStr(func=func, python_packages=python_packages, global_imports=global_imports)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the function."""
        return self.func(*args, **kwargs)


AnyFunction = FunctionWithRequirements[Any, Any] | FunctionWithRequirementsStr | Callable[..., Any]


def with_requirements(
    python_packages: Sequence[str] = [],
    global_imports: Sequence[Import] = [],
) -> Callable[[Callable[P, T]], FunctionWithRequirements[T, P]]:
    """Decorate a function with what it needs, for the ``functions`` of an executor.

    Args:
        python_packages: packages to install, as pip takes them.
        global_imports: imports that go above the function: module names, `Alias` or `ImportFromModule`.

    Returns:
        The decorator.
    """

    def wrapper(func: Callable[P, T]) -> FunctionWithRequirements[T, P]:
        return FunctionWithRequirements(func=func, python_packages=python_packages, global_imports=global_imports)

    return wrapper


def _plain_function(func: AnyFunction) -> Callable[..., Any]:
    if isinstance(func, FunctionWithRequirementsStr):
        return func.compiled_func
    return func.func if isinstance(func, FunctionWithRequirements) else func


def to_stub(func: AnyFunction) -> str:
    """Show a function without its body, for a prompt.

    Args:
        func: a function, or one with requirements.

    Returns:
        Its head and its docstring, with ``...`` for the body.
    """
    plain = _plain_function(func)
    keyword = "async def" if inspect.iscoroutinefunction(plain) else "def"
    lines = [f"{keyword} {plain.__name__}{inspect.signature(plain)}:"]
    if plain.__doc__:
        lines.append(indent(f'"""{dedent(plain.__doc__)}"""', "    "))
    return "\n".join([*lines, "    ..."])


def _source_of(func: AnyFunction) -> str:
    """The source of a function without the decorator that gave it its requirements."""
    if isinstance(func, FunctionWithRequirementsStr):
        return func.func.strip("\n")
    source = dedent(inspect.getsource(_plain_function(func)))
    definition = ast.parse(source).body[0]
    if not isinstance(func, FunctionWithRequirements) or not isinstance(
        definition, (ast.FunctionDef, ast.AsyncFunctionDef)
    ):
        return source.rstrip("\n")
    lines = source.splitlines()
    kept = []
    for decorator in definition.decorator_list:
        text = "\n".join(lines[decorator.lineno - 1 : decorator.end_lineno])
        if "with_requirements" not in text:
            kept.append(text)
    return "\n".join([*kept, *lines[definition.lineno - 1 :]])


def _import_line(wanted: Import) -> str:
    """Write one import statement."""

    def item(name: str | Alias) -> str:
        return f"{name.name} as {name.alias}" if isinstance(name, Alias) else name

    if isinstance(wanted, ImportFromModule):
        return f"from {wanted.module} import {', '.join(item(name) for name in wanted.imports)}"
    return f"import {item(wanted)}"


def _requirements_of(functions: Sequence[AnyFunction]) -> list[str]:
    """The packages that functions need, each once."""
    needy = (func for func in functions if isinstance(func, (FunctionWithRequirements, FunctionWithRequirementsStr)))
    return list(dict.fromkeys(package for func in needy for package in func.python_packages))


def _build_python_functions_file(functions: Sequence[AnyFunction]) -> str:
    """Write a module that holds functions, with their imports above them."""
    needy = (func for func in functions if isinstance(func, (FunctionWithRequirements, FunctionWithRequirementsStr)))
    imports = dict.fromkeys(_import_line(wanted) for func in needy for wanted in func.global_imports)
    head = "\n".join(imports) + "\n\n" if imports else ""
    return head + "\n".join(f"{_source_of(func)}\n\n" for func in functions)
