"""A tool: a function with its name and description for a model, which can still be called."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .._core.callables import check_signature, docstring_of, name_of
from .._core.party import described, is_agent
from ..function_utils import get_function_schema, load_basemodels_if_needed
from .dependency_injection import has_injected_parameters, inject_params

if TYPE_CHECKING:
    from .._core.party import Party

__all__ = ("Tool", "tool")

# what `inspect` takes for a function, so that an asynchronous one is seen as such
_LOOKS = ("__code__", "__defaults__", "__kwdefaults__")


class Tool:
    """A function that agents offer to their models and run.

    It can be called, inspected, awaited, decorated and pickled as the function could. Called as a tool, it checks its
    arguments and converts them as the annotations say, and gets from the program what its model must not give (see
    `autogen_classic.tools.Depends`). Two tools that run the same function are equal, and so are a tool and its
    function.
    """

    __qualname__: str
    __wrapped__: Callable[..., Any]

    def __init__(
        self,
        *,
        name: str | None = None,
        description: str | None = None,
        func_or_tool: Tool | Callable[..., Any],
        parameters_json_schema: dict[str, Any] | None = None,
    ) -> None:
        """Make a tool of a function.

        Args:
            name: its name for the model; None takes the function's.
            description: what it does; None takes the function's docstring.
            func_or_tool: the function, which may be asynchronous, with annotated parameters; or a tool to be known
                under another name or description.
            parameters_json_schema: what the model is told about the parameters, instead of what their annotations say.

        Raises:
            ValueError: ``func_or_tool`` cannot be called, or the name or the description is not a text.
            TypeError: pydantic cannot check the type of a parameter, the function does not tell its parameters, or the
                schema is not a dict.
        """
        for part, text in (("name", name), ("description", description)):
            if not isinstance(text, (str, type(None))):
                raise ValueError(f"The {part} of a tool must be a text, but it is {text!r}.")
        if not isinstance(parameters_json_schema, (Mapping, type(None))):
            raise TypeError(
                "parameters_json_schema of a tool must be a JSON schema, that is a dict such as "
                f'{{"type": "object", "properties": {{...}}}}, but it is {parameters_json_schema!r}.'
            )
        if isinstance(func_or_tool, Tool):
            name, description = name or func_or_tool.name, description or func_or_tool.description
            parameters_json_schema = parameters_json_schema or func_or_tool._parameters
            self._set_up(func_or_tool.__wrapped__, func_or_tool._func, name, description, parameters_json_schema)
        elif callable(func_or_tool):
            check_signature(func_or_tool)
            func = inject_params(func_or_tool, name=name)
            described = docstring_of(func_or_tool) if description is None else description
            self._set_up(func_or_tool, func, name or name_of(func_or_tool), described, parameters_json_schema)
        else:
            raise ValueError(
                "Parameter 'func_or_tool' must be a function, method or a Tool instance, it is "
                f"'{type(func_or_tool)}' instead."
            )

    @classmethod
    def of_registered(cls, function: Callable[..., Any], *, name: str, description: str) -> Tool:
        """Make a tool of a function that an agent's decorator was given, as programs of v0.2 know it.

        Args:
            function: the function.
            name: its name for the model.
            description: what it does.

        Returns:
            A tool that leaves arguments as they are, unless the program fills in some of them.
        """
        tool = cls.__new__(cls)
        func = inject_params(function) if has_injected_parameters(function) else function
        tool._set_up(function, func, name, description, None)
        return tool

    def _set_up(
        self,
        function: Callable[..., Any],
        func: Callable[..., Any],
        name: str,
        description: str,
        parameters: dict[str, Any] | None,
    ) -> None:
        functools.update_wrapper(self, function)
        for look in _LOOKS:
            if hasattr(function, look):
                setattr(self, look, getattr(function, look))
        self.__signature__ = inspect.signature(func)
        self._func = func
        self._name, self._description, self._parameters = name, description, parameters

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._func(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return bool(self.__wrapped__ == (other.__wrapped__ if isinstance(other, Tool) else other))

    def __hash__(self) -> int:
        return hash(self.__wrapped__)

    def __reduce__(self) -> str:
        return self.__qualname__  # pickled by its place and never copied, as functions are

    @property
    def name(self) -> str:
        """Its name for the model."""
        return self._name

    @property
    def description(self) -> str:
        """What it does, as the model is told."""
        return self._description

    @property
    def func(self) -> Callable[..., Any]:
        """The function behind it, with its arguments checked and filled in."""
        return self._func

    @property
    def tool_schema(self) -> dict[str, Any]:
        """What the annotations say, as an entry of ``tools`` of the chat completions interface."""
        return get_function_schema(self._func, name=self._name, description=self._description)

    @property
    def function_schema(self) -> dict[str, Any]:
        """The same as an entry of ``functions``, the older interface."""
        schema: dict[str, Any] = self.tool_schema["function"]
        return schema

    @property
    def realtime_tool_schema(self) -> dict[str, Any]:
        """The same as realtime interfaces take it."""
        return {"type": "function", **self.function_schema}

    @property
    def shown_schema(self) -> dict[str, Any]:
        """What models are told: `tool_schema`, with ``parameters_json_schema`` in the place of its parameters."""
        if self._parameters is None:
            return self.tool_schema
        described = {"name": self._name, "description": self._description, "parameters": self._parameters}
        return {"type": "function", "function": described}

    def run_by(self, agent: Party | None) -> Callable[..., Any]:
        """Make the function that an agent runs with the arguments that a model gives as JSON.

        Args:
            agent: the agent, whose chats a parameter of the type `ChatContext` shows.
        """
        if self._func is self.__wrapped__:
            return load_basemodels_if_needed(self.__wrapped__)
        return inject_params(self.__wrapped__, agent=agent, name=self._name)

    def register_for_llm(self, agent: Party) -> None:
        """Tell an agent's model about the tool.

        Args:
            agent: the agent, which needs a model.

        Raises:
            AttributeError: it is not an agent.
            AssertionError: it has no model.
        """
        _check_that_it_is_an_agent(agent, self._name)
        agent.register_for_llm()(self)

    def register_for_execution(self, agent: Party) -> None:
        """Let an agent run the tool.

        Args:
            agent: the agent.

        Raises:
            AttributeError: it is not an agent.
        """
        _check_that_it_is_an_agent(agent, self._name)
        agent.register_for_execution()(self)

    def register_tool(self, agent: Party) -> None:
        """Tell an agent's model about the tool, and let the agent run it.

        Args:
            agent: the agent, which needs a model.
        """
        self.register_for_llm(agent)
        self.register_for_execution(agent)


def _check_that_it_is_an_agent(agent: object, name: str) -> None:
    if not is_agent(agent, "register_for_llm"):
        raise AttributeError(f"The tool {name!r} can be registered with an agent only, not with {described(agent)}.")


def tool(name: str | None = None, description: str | None = None) -> Callable[[Callable[..., Any]], Tool]:
    """Make a tool of a function: a decorator.

    Args:
        name: its name for the model; None takes the function's.
        description: what it does; None takes the function's docstring.

    Returns:
        A decorator that returns a `Tool`.

    Raises:
        TypeError: it was used without parentheses.
    """
    if callable(name):
        raise TypeError(f"Write @tool() with parentheses before {name_of(name)!r}.")

    def decorate(func: Callable[..., Any]) -> Tool:
        return Tool(name=name, description=description, func_or_tool=func)

    return decorate
