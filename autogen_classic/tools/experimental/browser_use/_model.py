"""A model of ours as the package browser-use asks models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from browser_use.llm.exceptions import ModelProviderError, ModelRateLimitError
from browser_use.llm.openai.serializer import OpenAIMessageSerializer
from browser_use.llm.schema import SchemaOptimizer
from browser_use.llm.views import ChatInvokeCompletion
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from browser_use.llm.messages import BaseMessage

    from ....oai.client import OpenAIWrapper

__all__ = ("BrowserModel",)

_RATE_LIMITED = 429
_BAD_GATEWAY = 502


class BrowserModel:
    """Asks a model by its configuration, whatever its provider; has the members of browser-use's ``BaseChatModel``.

    Args:
        client: the model.
        cache: where answers are kept, or None.

    Attributes:
        model: the name of the first model of the configuration.
        failure: why the latest request failed; None if it did not.
    """

    provider = "autogen-classic"
    _verified_api_keys = True

    def __init__(self, client: OpenAIWrapper, cache: object = None) -> None:
        self._client = client
        self._cache = cache
        self.model = str(client._config_list[0].get("model", ""))
        self.failure: Exception | None = None

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.model

    @property
    def model_name(self) -> str:
        """The same."""
        return self.model

    async def ainvoke(
        self, messages: list[BaseMessage], output_format: type[BaseModel] | None = None, **_: object
    ) -> ChatInvokeCompletion[Any]:
        """Ask the model.

        Args:
            messages: the conversation.
            output_format: the form that the answer must have; None for a text.

        Returns:
            The answer. Its usage is not in it: it is counted where all other usage is.

        Raises:
            ModelProviderError: the model cannot be asked, or answers in another form.
        """
        wanted: dict[str, Any] = {} if output_format is None else {"response_format": _form_of(output_format)}
        try:
            answer = await self._client.a_create(
                messages=OpenAIMessageSerializer.serialize_messages(messages), cache=self._cache, **wanted
            )
            text = str(self._client.extract_text_or_completion_object(answer)[0] or "")
            completion = text if output_format is None else output_format.model_validate_json(text)
        except ValidationError as error:
            raise self._failed(error, "The model did not answer in the form that it was asked for.") from error
        except Exception as error:
            raise self._failed(error, str(error)) from error
        self.failure = None
        return ChatInvokeCompletion(completion=completion, usage=None)

    def _failed(self, error: Exception, text: str) -> ModelProviderError:
        self.failure = error
        status = getattr(error, "status_code", None)
        if status == _RATE_LIMITED:
            return ModelRateLimitError(text, model=self.model)
        return ModelProviderError(text, status_code=status or _BAD_GATEWAY, model=self.model)


def _form_of(output_format: type[BaseModel]) -> dict[str, Any]:
    schema = SchemaOptimizer.create_optimized_json_schema(output_format)
    return {"type": "json_schema", "json_schema": {"name": "agent_output", "strict": True, "schema": schema}}
