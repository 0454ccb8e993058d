"""Structured output: an answer that has to fit a schema is checked, and asked for once more when it does not fit.

``response_format`` may be a pydantic class, a JSON schema, or what OpenAI's API takes. A client of this library always
gets the last form, and the answer of every provider is checked here, whether it promises to obey schemas or not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from ..._core.drive import Steps
from ..._core.events import warn
from ..._json.text import values_within
from ..._packages import keep_jsonschema_light
from ...errors import StructuredOutputError

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

__all__ = ("WantedForm", "answer_steps", "fault_of", "formatted", "is_passed_on", "wanted_form", "with_json_schema")

logger = logging.getLogger("autogen.oai.client")

_MARKS_OF_A_SCHEMA = ("properties", "$ref", "$defs", "anyOf", "oneOf", "allOf", "items", "enum", "const")
_API_FORMS = ("text", "json_object", "json_schema")
_FIRST_CHARACTERS = 200


class WantedForm(NamedTuple):
    """The form that an answer has to have.

    Attributes:
        name: the name of the schema, in letters, digits, _ and -.
        schema: the JSON schema; None if any JSON object will do.
        strict: whether the provider is asked to enforce the schema to the letter.
        model: the pydantic class that was given, or None.
    """

    name: str
    schema: dict[str, Any] | None
    strict: bool = False
    model: Any = None

    def fault_of(self, text: str | None) -> str | None:
        """Say why a text does not have the form; None when it has.

        If any JSON object will do, nothing is said: programs for 0.2 asked for that, and checked what came themselves.

        Args:
            text: what the model answered.
        """
        if self.model is not None:
            return _fault_of_model(self.model, text or "")
        if self.schema is None:
            return None
        try:
            value = json.loads(text or "")
        except ValueError as error:
            return f"It is not JSON: {error}."
        return _fault_of_schema(self.schema, value)


def wanted_form(params: Mapping[str, Any]) -> WantedForm | None:
    """Read the ``response_format`` of a request.

    Args:
        params: a request.

    Returns:
        The form that it asks for; None for plain text.

    Raises:
        TypeError: it is neither a pydantic class nor a dict.
        ValueError: it is a dict that is neither a JSON schema nor a form of OpenAI's API.
    """
    given = params.get("response_format")
    if not given:
        return None
    if isinstance(given, type) and hasattr(given, "model_json_schema"):
        return WantedForm(given.__name__, _strict_schema(given), True, given)
    if not isinstance(given, Mapping):
        raise TypeError(f"response_format must be a pydantic class or a dict, but it is {given!r}.")
    kind = given.get("type")
    if kind == "json_schema" and isinstance(given.get("json_schema"), Mapping):
        described = given["json_schema"]
        return WantedForm(described.get("name", "answer"), described.get("schema"), bool(described.get("strict")))
    if kind == "json_object" and not any(mark in given for mark in _MARKS_OF_A_SCHEMA):
        return WantedForm("answer", None)
    if kind == "text":
        return None
    if kind in ("object", "array") or any(mark in given for mark in _MARKS_OF_A_SCHEMA):
        return WantedForm(_name_of(given), dict(given))
    raise ValueError(
        f"response_format {str(given)[:_FIRST_CHARACTERS]} is not understood. Give a pydantic class, a JSON schema "
        f'(a dict with "type": "object"), or one of the forms of OpenAI\'s API: {", ".join(_API_FORMS)}.'
    )


def formatted(retrieve: Callable[[Any], list[Any]], wanted: WantedForm | None) -> Callable[[Any], list[Any]]:
    """Let a pydantic class with a method ``format`` write what the agents get to read.

    Args:
        retrieve: takes the texts, or messages with calls, out of an answer.
        wanted: the form of the answer.

    Returns:
        A function that does the same, with each text written by the ``format`` of the class, if it has one.
    """
    if wanted is None or not callable(getattr(wanted.model, "format", None)):
        return retrieve

    def retrieve_formatted(response: Any) -> list[Any]:
        said = retrieve(response)
        return [_formatted(text, wanted) if isinstance(text, str) else text for text in said]

    return retrieve_formatted


def _formatted(text: str, wanted: WantedForm) -> str:
    """What the class makes of a text; one that does not fit stays as it is."""
    return text if wanted.fault_of(text) is not None else str(wanted.model.model_validate_json(text).format())


def with_json_schema(params: dict[str, Any]) -> dict[str, Any]:
    """Write the ``response_format`` of a request in the form of OpenAI's API.

    Args:
        params: a request, which is not changed.

    Returns:
        The request, which JSON can hold.
    """
    wanted = wanted_form(params)
    if wanted is None or wanted.schema is None:
        return params
    described = {"name": wanted.name, "schema": wanted.schema, "strict": wanted.strict}
    return {**params, "response_format": {"type": "json_schema", "json_schema": described}}


def answer_steps(
    ask: Callable[[dict[str, Any]], Any],
    params: dict[str, Any],
    wanted: WantedForm | None,
    tell: Callable[[str], None] = lambda reason: None,
) -> Steps[Any]:
    """Ask once, and once more if the answer does not have the form that was wanted.

    An answer that has it but for a fence or words around the JSON is taken without them.

    Args:
        ask: makes the step that sends a request.
        params: the request.
        wanted: the form of the answer.
        tell: is told why it asks once more.

    Returns:
        The answer; its usage counts both requests.

    Raises:
        StructuredOutputError: the second answer does not have the form either.
    """
    response = yield ask(params)
    fault = _fault_unwrapped(response, wanted)
    if fault is None:
        return response
    text = response.choices[0].message.content or ""
    repair = f"This answer cannot be used. {fault} Answer again with nothing but JSON that fits the schema."
    tell(fault)
    turns = [{"role": "assistant", "content": text}, {"role": "user", "content": repair}]
    try:
        second = yield ask({**params, "messages": [*params["messages"], *turns]})
    except BaseException as error:
        error.paid_for = response  # type: ignore[attr-defined]  # whoever counts the costs looks for it
        raise
    _add_usage(second, response)
    fault = _fault_unwrapped(second, wanted)
    if fault is not None:
        raise StructuredOutputError(
            "The model did not answer in the form that response_format asks for, not even when asked again. "
            f"{fault} It said: {(second.choices[0].message.content or '')[:_FIRST_CHARACTERS]!r}. Take a model that "
            "supports structured output, make the schema simpler, or raise max_tokens if the answer was cut off.",
            second,
        )
    return second


def is_passed_on(error: BaseException, settings: Mapping[str, Any]) -> TypeGuard[StructuredOutputError]:
    """Tell whether an answer that does not have the wanted form is the answer all the same, and warn that it is.

    Args:
        error: why a configuration has failed, which may carry such an answer.
        settings: what only the wrapper understands; with ``require_response_format``, the program insists on the form.
    """
    if not isinstance(error, StructuredOutputError) or settings.get("require_response_format"):
        return False
    warn(logger, "An answer is passed on although it has another form. %s", error)
    return True


def fault_of(response: Any, wanted: WantedForm | None) -> str | None:
    """Say what is wrong with the form of an answer. One that calls tools, or refuses, is not the final one.

    Args:
        response: the answer.
        wanted: the form that it should have.

    Returns:
        The fault; None if there is nothing wrong.
    """
    choices = getattr(response, "choices", None)
    if wanted is None or not choices:
        return None
    message = getattr(choices[0], "message", None)
    if message is None or getattr(message, "tool_calls", None) or getattr(message, "function_call", None):
        return None
    if getattr(message, "refusal", None):
        return None
    return wanted.fault_of(message.content)


def _fault_unwrapped(response: ChatCompletion, wanted: WantedForm | None) -> str | None:
    """What is wrong with the form of an answer, after everything around the JSON has been taken off it."""
    fault = fault_of(response, wanted)
    if fault is None or wanted is None:
        return None
    message = response.choices[0].message
    fitting = [part for part in values_within(message.content or "") if wanted.fault_of(part) is None]
    if not fitting:
        return fault
    first, *more = fitting
    if any(_is_another(part, first) for part in more):
        return "It holds several answers, and one is wanted."
    message.content = first
    return None


def _is_another(part: str, first: str) -> bool:
    """Whether a part of an answer says something else, rather than the same again, or what is around or inside."""
    return part not in first and first not in part and json.loads(part) != json.loads(first)


def _add_usage(response: Any, former: Any) -> None:
    usage, before = getattr(response, "usage", None), getattr(former, "usage", None)
    if usage is None or before is None:
        return
    for key in ("prompt_tokens", "completion_tokens", "total_tokens"):
        setattr(usage, key, (getattr(usage, key, 0) or 0) + (getattr(before, key, 0) or 0))


def _strict_schema(model: Any) -> dict[str, Any]:
    """The schema of a pydantic class with everything required and nothing added, as OpenAI's strict mode wants it."""
    import openai

    function: Any = openai.pydantic_function_tool(model)["function"]
    schema: dict[str, Any] = function["parameters"]
    return schema


def _name_of(schema: Mapping[str, Any]) -> str:
    title = "".join(character if character.isalnum() else "_" for character in str(schema.get("title") or "answer"))
    return title.encode("ascii", "replace").decode().replace("?", "_")[:64]


def _fault_of_model(model: Any, text: str) -> str | None:
    from pydantic import ValidationError

    try:
        model.model_validate_json(text)
    except ValidationError as error:
        faults = [
            f"{'.'.join(str(step) for step in fault['loc']) or 'the answer'}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        return f"It does not fit {model.__name__}: {'; '.join(faults[:5])}."
    return None


def _fault_of_schema(schema: dict[str, Any], value: object) -> str | None:
    keep_jsonschema_light()
    import jsonschema

    error = jsonschema.Draft202012Validator(schema)
    fault = next(iter(error.iter_errors(value)), None)
    if fault is None:
        return None
    return f"It does not fit the schema at {fault.json_path}: {fault.message[:_FIRST_CHARACTERS]}."
