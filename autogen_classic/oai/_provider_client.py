"""What the clients of all providers but OpenAI have in common. A provider's file adds its SDK and its wire format.

A client is given requests in the OpenAI form and answers with a ChatCompletion. Its own part is small: `ask` (one
request, one `Answer`), `stream` (texts as they come, the `Answer` last), and `PARAMETERS`, the settings it sends.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .._core.model_requests import check
from ..exception_utils import AutogenClassicError
from ._request.reading import Answer
from ._request.streamed_text import ShownText
from ._request.structured import with_json_schema
from .client_utils import validate_parameter, without_hidden_tools
from .prices import cost_of, price_of
from .providers import PROVIDER_KEYS

__all__ = (
    "BrokenStreamError",
    "MissingKeyError",
    "MissingModelError",
    "Parameter",
    "ProviderClient",
    "key_for",
    "model_of",
    "names_of",
    "read_parameters",
    "warn_once",
)

logger = logging.getLogger("autogen.oai.client")


class BrokenStreamError(AutogenClassicError, ConnectionError):
    """A streamed answer broke off before its end."""


class StreamTimeoutError(BrokenStreamError, TimeoutError):
    """A streamed answer paused for longer than ``timeout``."""


class MissingKeyError(AutogenClassicError, AssertionError, ValueError):
    """A configuration has no key, and the environment has none either."""


class MissingModelError(AutogenClassicError, AssertionError, ValueError):
    """A request names no model."""


@dataclass(frozen=True)
class Parameter:
    """A setting of a request: its types, its range, and its name in the provider's API.

    Attributes:
        name: in the configuration.
        types: the types that a value may have.
        low: the lowest number allowed, or None.
        high: the highest number allowed, or None.
        default: what is sent when the configuration has no usable value; None sends nothing.
        choices: the values to choose from, or None.
        sent_as: the name in the provider's API, where it is another one.
    """

    name: str
    types: type | tuple[type, ...]
    low: float | None = None
    high: float | None = None
    default: Any = None
    choices: tuple[Any, ...] | None = None
    sent_as: str = ""


NUMBER = (int, float)

# Parts of a request that every client reads or can do without, and settings that are none of a request.
_KNOWN_EVERYWHERE = PROVIDER_KEYS | {
    *("functions", "messages", "model", "response_format", "stream", "stream_options", "tools"),
    *("api_rate_limit", "api_type", "cache_seed", "price", "tags"),
}

# Most SDKs let the errors of their HTTP packages through while an answer is streamed.
_TRANSPORTS = ("httpcore", "httpcore2", "httpx", "httpx2", "requests", "urllib3")


def names_of(*tables: Sequence[Parameter]) -> frozenset[str]:
    """Return the names that settings have in a configuration.

    Args:
        *tables: the settings.
    """
    return frozenset(parameter.name for table in tables for parameter in table)


def read_parameters(params: Mapping[str, Any], table: Sequence[Parameter]) -> dict[str, Any]:
    """Take the settings out of a request that a provider knows, and check them.

    Args:
        params: the request. A value of the wrong type or out of range is reported by a warning, and the default sent.
        table: the settings that the provider knows.

    Returns:
        What to send, by the names of the provider's API.
    """
    sent = {}
    for parameter in table:
        bounds = None if parameter.low is None and parameter.high is None else (parameter.low, parameter.high)
        choices = list(parameter.choices) if parameter.choices is not None else None
        value = validate_parameter(
            dict(params), parameter.name, parameter.types, True, parameter.default, bounds, choices
        )
        if value is not None:
            sent[parameter.sent_as or parameter.name] = value
    return sent


def key_for(config: Mapping[str, Any], variables: Sequence[str], provider: str) -> str:
    """Find the key of a provider.

    Args:
        config: the configuration, with ``api_key`` or without.
        variables: the environment variables that may hold the key, best first.
        provider: its name, for the error.

    Returns:
        The key.

    Raises:
        MissingKeyError: there is none.
    """
    key = config.get("api_key") or next((os.environ[name] for name in variables if os.environ.get(name)), None)
    if not key:
        raise MissingKeyError(
            f"The model {config.get('model')!r} of {provider} needs a key. Give it as api_key in its entry of "
            f"config_list, or set the environment variable {' or '.join(variables)}."
        )
    return str(key)


def model_of(params: Mapping[str, Any], provider: str) -> str:
    """Return the model that a request asks for.

    Args:
        params: the request.
        provider: its name, for the error.

    Raises:
        MissingModelError: the request names none.
    """
    model = params.get("model")
    if not model:
        raise MissingModelError(
            f"No model is named for {provider}. Please specify the 'model' in your config list entry."
        )
    return str(model)


class ProviderClient:
    """The client of one provider.

    Args:
        **config: the configuration, as it stands in a config list.

    Attributes:
        provider: its name in the table of prices, and in messages.
        fallback_errors: errors after which the next configuration is tried.
        streams: whether the API can stream; where it cannot, ``stream`` is ignored with one warning.
        settings: what a configuration may have besides that which all providers know; any other setting is left out
            with one warning. None lets everything pass.
    """

    provider: ClassVar[str] = ""
    fallback_errors: ClassVar[tuple[type[BaseException], ...]] = ()
    streams: ClassVar[bool] = True
    settings: ClassVar[frozenset[str] | None] = None

    def __init__(self, **config: Any) -> None:
        self._config = config

    @property
    def address(self) -> str:
        """Where requests go: a base URL, or the provider's name for its own address."""
        return str(self._config.get("base_url") or self.provider)

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        raise NotImplementedError

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and hand out the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        raise NotImplementedError

    def create(self, params: dict[str, Any]) -> Any:
        """Ask the model.

        Args:
            params: a request in the OpenAI form. With ``stream``, the answer is printed as it comes.

        Returns:
            A ChatCompletion of the openai package, with its ``cost`` in US dollars.
        """
        check(self.address)
        params = without_hidden_tools(with_json_schema(params))
        self._tell_of_unknown_settings(params)
        answer = self._streamed(params) if self._wants_stream(params) else self.ask(params)
        response = answer.completion()
        response.cost = self.cost(response)
        return response

    def message_retrieval(self, response: Any) -> list[Any]:
        """Return the texts of an answer, or its messages where they call tools.

        Args:
            response: what `create` returned.
        """
        return [choice.message if choice.message.tool_calls else choice.message.content for choice in response.choices]

    def cost(self, response: Any) -> float:
        """Return the cost of an answer in US dollars; 0 with one warning for a model without a known price.

        Args:
            response: what `create` returned.
        """
        price = price_of(response.model, self.provider)
        if price is None:
            warn_once(
                f"The price of model {response.model} is not known, so its cost counts as 0. Give it in the "
                'config_list: "price": [prompt_price_per_1k, completion_token_price_per_1k].'
            )
        if price is None or response.usage is None:
            return 0
        return cost_of(price, response.usage.prompt_tokens, response.usage.completion_tokens)

    def knows_price(self, response: Any) -> bool:
        """Tell whether a cost of 0 means that an answer was free, or that its price is not known.

        Args:
            response: what `create` returned.
        """
        return price_of(response.model, self.provider) is not None

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        """Return tokens, cost and model of an answer.

        Args:
            response: what `create` returned.
        """
        usage = response.usage
        return {
            "prompt_tokens": usage.prompt_tokens if usage is not None else 0,
            "completion_tokens": usage.completion_tokens if usage is not None else 0,
            "total_tokens": usage.total_tokens if usage is not None else 0,
            "cost": getattr(response, "cost", 0),
            "model": response.model,
        }

    def _tell_of_unknown_settings(self, params: Mapping[str, Any]) -> None:
        known = params.keys() if self.settings is None else self.settings | _KNOWN_EVERYWHERE
        for name in params:
            if name not in known and params[name] is not None:
                warn_once(f"The setting {name!r} is not known for {self.provider}; it is not sent.")

    def _streamed(self, params: dict[str, Any]) -> Answer:
        answer: Answer | None = None
        with ShownText() as shown:
            try:
                for piece in self.stream(params):
                    if isinstance(piece, Answer):
                        answer = piece
                    else:
                        shown.show(piece)
            except Exception as error:
                if type(error).__module__.partition(".")[0] not in _TRANSPORTS:
                    raise
                if "Timeout" in type(error).__name__:
                    raise StreamTimeoutError(f"The stream of {self.provider} paused for too long.") from error
                raise BrokenStreamError(f"The stream of {self.provider} broke off: {error}") from error
        if answer is None or answer.finish_reason is None:
            raise BrokenStreamError(
                f"The stream of {self.provider} ended before the answer was complete: the server has gone, or closed "
                "the connection."
            )
        return answer

    def _wants_stream(self, params: Mapping[str, Any]) -> bool:
        if params.get("stream") and not self.streams:
            warn_once(f"{self.provider} does not stream here; its answers come whole.")
        return bool(params.get("stream")) and self.streams


_warned: set[str] = set()


def warn_once(text: str) -> None:
    """Log a warning, unless it has been logged before.

    Args:
        text: the warning.
    """
    if text not in _warned:
        _warned.add(text)
        logger.warning(text)
