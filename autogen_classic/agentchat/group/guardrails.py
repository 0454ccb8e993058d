"""Checks of what agents hear and say. Where one is activated, its message is said instead, and its target goes next."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..._core.content import content_str
from ..._json.text import object_within
from ..._secrets import shown_without_keys
from ._plain_forms import as_target

if TYPE_CHECKING:
    from ...llm_config.config import LLMConfig
    from ...oai.client import OpenAIWrapper
    from .targets.transition_target import TransitionTarget

__all__ = ("Guardrail", "GuardrailCheckResult", "GuardrailResult", "LLMGuardrail", "RegexGuardrail")

_ANSWER_FORM = {
    "type": "json_schema",
    "json_schema": {
        "name": "GuardrailCheckResult",
        "strict": True,
        "schema": {
            "type": "object",
            "properties": {"activated": {"type": "boolean"}, "justification": {"type": "string"}},
            "required": ["activated", "justification"],
            "additionalProperties": False,
        },
    },
}

Context: TypeAlias = str | list[dict[str, Any]]
"""What is checked: a text, or the messages of a conversation."""


class GuardrailCheckResult(BaseModel):
    """What came out of a check.

    Attributes:
        activated: whether the guardrail stops what was checked.
        justification: why.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    activated: bool
    justification: str = Field(default="No justification provided")

    def __str__(self) -> str:
        return f"Guardrail Result: {self.activated}\nJustification: {self.justification}"


class GuardrailResult(GuardrailCheckResult):
    """What came out of a check, with the guardrail that made it.

    Attributes:
        guardrail: the guardrail.
    """

    guardrail: Guardrail

    @property
    def reply(self) -> str:
        """What is said instead of what was checked."""
        return f"{self.guardrail.activation_message}\nJustification: {self.justification}"

    @staticmethod
    def parse(text: str, guardrail: Guardrail) -> GuardrailResult:
        """Read the answer of a model.

        Args:
            text: JSON with ``activated`` and ``justification``, in a fence or not.
            guardrail: the guardrail that asked.

        Raises:
            ValueError: the text has another form.
        """
        try:
            found = GuardrailCheckResult.model_validate(json.loads(object_within(text)))
        except (ValueError, ValidationError) as error:
            raise ValueError(f"Failed to parse GuardrailResult from text: {text}") from error
        return GuardrailResult(activated=found.activated, justification=found.justification, guardrail=guardrail)


class Guardrail(ABC):
    """A check of what an agent hears or says.

    Attributes:
        client: what asks a model, for a guardrail that does.
    """

    client: OpenAIWrapper | None = None

    def __init__(
        self, name: str, condition: str, target: TransitionTarget, activation_message: str | None = None
    ) -> None:
        """Describe the check.

        Args:
            name: its name.
            condition: what it looks for.
            target: who goes next when it is activated; in a chat of two, a `TerminateTarget` ends the chat. An agent
                stands for its `AgentTarget`.
            activation_message: what is said then; None for a sentence with its name.

        Raises:
            TypeError: the target is not a target.
        """
        from .targets.transition_target import TransitionTarget

        read = as_target(target)
        if not isinstance(read, TransitionTarget):
            raise TypeError(f"The target of the guardrail {name!r} must be a target or an agent, but it is {target!r}.")
        self.name = name
        self.condition = condition
        self.target = read
        self.activation_message = activation_message or f"Guardrail '{name}' has been activated."

    @abstractmethod
    def check(self, context: Context) -> GuardrailResult:
        """Check a text, or the messages of a conversation.

        Args:
            context: what is checked.

        Raises:
            ValueError: it is neither a text nor a list of messages.
        """


class RegexGuardrail(Guardrail):
    """A check by a regular expression, which is searched for in each text."""

    def __init__(
        self, name: str, condition: str, target: TransitionTarget, activation_message: str | None = None
    ) -> None:
        """Describe the check; see `Guardrail` for the other arguments.

        Args:
            name: its name.
            condition: the regular expression.
            target: who goes next when it matches.
            activation_message: what is said then.

        Raises:
            ValueError: the regular expression cannot be read.
        """
        super().__init__(name, condition, target, activation_message)
        try:
            self.regex = re.compile(condition)
        except (re.error, TypeError) as error:
            raise ValueError(f"Invalid regex pattern '{condition}': {error}") from error

    def check(self, context: Context) -> GuardrailResult:
        """Search for the expression; see `Guardrail.check`."""
        for text in _texts_of(context):
            found = self.regex.search(text)
            if found:
                return GuardrailResult(activated=True, justification=f"Match found -> {found.group(0)}", guardrail=self)
        return GuardrailResult(activated=False, justification="No match found in the context.", guardrail=self)


class LLMGuardrail(Guardrail):
    """A check by a model."""

    def __init__(
        self,
        name: str,
        condition: str,
        target: TransitionTarget,
        llm_config: LLMConfig | dict[str, Any],
        activation_message: str | None = None,
    ) -> None:
        """Describe the check; see `Guardrail` for the other arguments.

        Args:
            name: its name.
            condition: what the model looks for, in words.
            target: who goes next when it finds that.
            llm_config: the model.
            activation_message: what is said then.

        Raises:
            ValueError: there is no model, or ``llm_config`` is not a dict.
        """
        super().__init__(name, condition, target, activation_message)
        if not llm_config or not isinstance(llm_config, Mapping):
            raise ValueError(
                f"LLMGuardrail requires a valid LLMConfig, but that of {name!r} is {shown_without_keys(llm_config)}."
            )
        self.llm_config = llm_config
        self.check_prompt = (
            "You guard a conversation. Decide whether what follows meets this condition, and answer in JSON: "
            '"activated" is true if it does, and "justification" says why in one sentence.\n'
            f"The condition: {condition}"
        )
        from ...oai.client import OpenAIWrapper

        settings = {key: value for key, value in dict(llm_config).items() if key not in ("tools", "functions")}
        self.client: OpenAIWrapper = OpenAIWrapper(**settings)

    def check(self, context: Context) -> GuardrailResult:
        """Ask the model; see `Guardrail.check`.

        Raises:
            ValueError: the answer is not JSON of the form that was asked for.
        """
        _texts_of(context)
        asked = [{"role": "user", "content": context}] if isinstance(context, str) else context
        response = self.client.create(
            messages=[{"role": "system", "content": self.check_prompt}, *asked], response_format=_ANSWER_FORM
        )
        return GuardrailResult.parse(str(self.client.extract_text_or_completion_object(response)[0]), self)


def _texts_of(context: object) -> list[str]:
    if isinstance(context, str):
        return [context]
    if not isinstance(context, list):
        raise ValueError("Context must be a string or a list of messages.")
    return [content_str(message.get("content")) for message in context if isinstance(message, Mapping)]


GuardrailResult.model_rebuild()
