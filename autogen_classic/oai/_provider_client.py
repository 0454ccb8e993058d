"""What the clients of all providers except OpenAI have in common. A provider's file adds its SDK and its wire format.

A client is given requests in the OpenAI form and answers with a ChatCompletion. Its own part is small: `ask` (one
request, one `Answer`), and `stream` (texts as they come, the `Answer` last). What it accepts stands in `_specs`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from .._core.model_requests import check_request_allowed
from .._warn import warn_once
from .._words import did_you_mean
from ..errors import (
    BrokenStreamError,
    MissingKeyError,
    MissingModelError,
    NoAnswerError,
    StreamTimeoutError,
    UnusableAnswerError,
)
from ._http.packages import speaks_http
from ._request.completions import texts_of_completion
from ._request.keys import check_key
from ._request.reading import Answer
from ._request.streamed_text import ShownText
from ._request.structured import with_json_schema
from ._specs import EVERY_CLIENT_KEY, ProviderSpec, Setting
from .client_utils import validate_parameter, without_hidden_tools
from .prices import cost_of, price_of

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

__all__ = (
    "ProviderClient",
    "found_key",
    "key_for",
    "missing_key",
    "model_of",
    "read_settings",
    "tell_of_foreign_settings",
    "tell_of_unknown_settings",
)

logger = logging.getLogger("autogen.oai.client")


# Most SDKs let the errors of their HTTP packages through while an answer is streamed.


def read_settings(params: Mapping[str, Any], table: Sequence[Setting]) -> dict[str, Any]:
    """Take from a request the settings that a provider knows, and check them.

    Args:
        params: the request. A value of the wrong type or out of range is reported by a warning, and the default sent.
        table: the settings that the provider knows.

    Returns:
        What to send, by the names and in the places of the provider's API.
    """
    sent: dict[str, Any] = {}
    for setting in table:
        bounds = None if setting.low is None and setting.high is None else (setting.low, setting.high)
        choices = list(setting.choices) if setting.choices is not None else None
        value = validate_parameter(dict(params), setting.name, setting.types, True, setting.default, bounds, choices)
        name = setting.sent_as or setting.name
        if value is not None and setting.place:
            sent[setting.place] = {**sent.get(setting.place, {}), name: value}
        elif value is not None:
            sent[name] = value
    return sent


def key_for(config: Mapping[str, Any], spec: ProviderSpec) -> str:
    """Find the key of a provider.

    Args:
        config: the configuration, with ``api_key`` or without.
        spec: the provider, with the environment variables that may hold the key.

    Returns:
        The key.

    Raises:
        MissingKeyError: no key was found.
    """
    key = found_key(config, spec)
    if key is None:
        raise MissingKeyError(missing_key(config, spec))
    return key


def found_key(config: Mapping[str, Any], spec: ProviderSpec) -> str | None:
    """Find the key of a provider, which may do without one.

    Args:
        config: the configuration, with ``api_key`` or without.
        spec: the provider, with the environment variables that may hold the key.
    """
    keys = (config.get("api_key"), *map(os.environ.get, spec.key_variables))
    return next((str(key) for key in keys if key), None)


def missing_key(config: Mapping[str, Any], spec: ProviderSpec) -> str:
    """Say that a configuration has no key, and where to put one.

    Args:
        config: the configuration.
        spec: the provider.
    """
    model = f"The model {config['model']!r}" if config.get("model") else "A model"
    advice = [
        f"{model} of {spec.title} needs a key. Give it as api_key in its entry of config_list (in the file "
        "OAI_CONFIG_LIST, if the list is read from there), or set the environment variable "
        f"{' or '.join(spec.key_variables)}."
    ]
    if not config.get("model"):
        advice.append("No model is named either. Give its name as model, in the same place.")
    if config.get("base_url"):
        advice.append('For a server that asks for no key, give any text, such as "none".')
    for name in config:
        hint = did_you_mean(str(name), ("api_key", "config_list"))
        if hint:
            advice.append(f"There is a setting {name!r}. {hint}")
    return " ".join(advice)


def model_of(params: Mapping[str, Any], spec: ProviderSpec) -> str:
    """Return the model that a request asks for.

    Args:
        params: the request.
        spec: the provider, for the error.

    Raises:
        MissingModelError: the request does not name one.
    """
    model = params.get("model")
    if not model:
        raise MissingModelError(
            f"No model is named for {spec.title}. Please specify the 'model' in your config list entry."
        )
    return str(model)


def tell_of_unknown_settings(params: Mapping[str, Any], spec: ProviderSpec) -> None:
    """Warn once about each setting that is not sent because a provider does not know it.

    Args:
        params: the request.
        spec: the provider.
    """
    for name in params:
        if not spec.knows(name) and params[name] is not None:
            _tell_of_unknown(name, spec)


def tell_of_foreign_settings(config: Mapping[str, Any], spec: ProviderSpec) -> None:
    """Warn once about each setting for the clients of other providers that this one does not take.

    Args:
        config: one configuration.
        spec: the provider. One that accepts all settings is not asked.
    """
    for name in () if spec.accepts_all else EVERY_CLIENT_KEY - spec.client_keys:
        if config.get(name) is not None:
            _tell_of_unknown(name, spec)


def _tell_of_unknown(name: str, spec: ProviderSpec) -> None:
    warn_once(logger, f"The setting {name!r} is not known for {spec.title}; it is not sent.")


class ProviderClient:
    """The client of one provider.

    Args:
        **config: the configuration, as in a config list.

    Attributes:
        spec: what is known about the provider.
        fallback_errors: errors after which the next configuration is tried.
        may_be_left: a chat that is stopped at once need not wait for an answer.
    """

    spec: ClassVar[ProviderSpec]
    may_be_left: ClassVar[bool] = True
    fallback_errors: ClassVar[tuple[type[BaseException], ...]] = ()

    def __init__(self, **config: Any) -> None:
        self._config = config
        tell_of_foreign_settings(config, self.spec)

    @property
    def address(self) -> str:
        """Where requests go: a base URL, or the provider's name for its own address."""
        return str(self._config.get("base_url") or self.spec.name)

    def ask(self, params: dict[str, Any]) -> Answer:
        """Send one request and wait for the answer.

        Args:
            params: a request in the OpenAI form.
        """
        raise NotImplementedError

    def stream(self, params: dict[str, Any]) -> Iterator[str | Answer]:
        """Send one request and yield the texts of the answer as they come, and at its end the whole answer.

        Args:
            params: a request in the OpenAI form.
        """
        raise NotImplementedError

    def create(self, params: dict[str, Any]) -> ChatCompletion:
        """Ask the model.

        Args:
            params: a request in the OpenAI form. With ``stream``, the answer is printed as it comes.

        Returns:
            A ChatCompletion of the openai package, with its ``cost`` in US dollars.

        Raises:
            NoAnswerError: the model refused to answer, and said nothing.
            UnusableAnswerError: the provider could not finish the answer.
        """
        check_request_allowed(self.address)
        check_key(self._config.get("api_key"))
        own_form = self._config.get("response_format")
        params = params if own_form is None else {"response_format": own_form, **params}
        params = without_hidden_tools(with_json_schema(params))
        tell_of_unknown_settings(params, self.spec)
        answer = self._streamed(params) if self._wants_stream(params) else self.ask(params)
        response: ChatCompletion = answer.completion()
        response.cost = self.cost(response)  # type: ignore[attr-defined]  # a field that the openai package lets pass
        if answer.finish_reason == "content_filter" and not answer.text and not answer.calls:
            refused = NoAnswerError(
                f"The model {answer.model} of {self.spec.name} refused to answer, and gave no words for it. Say it in "
                "other words, or take another model."
            )
            refused.paid_for = response
            raise refused
        if answer.finish_reason == "error":
            raise UnusableAnswerError(
                f"{self.spec.title} could not finish the answer of the model {answer.model}.", paid_for=response
            )
        return response

    def message_retrieval(self, response: ChatCompletion) -> list[Any]:
        """Return the texts of an answer, or its messages if they call tools.

        Args:
            response: what `create` returned.
        """
        return texts_of_completion(response)

    def cost(self, response: ChatCompletion) -> float:
        """Return the cost of an answer in US dollars; 0 with one warning for a model without a known price.

        Args:
            response: what `create` returned.
        """
        price = price_of(response.model, self.spec.name)
        if price is None:
            warn_once(
                logger,
                f"The price of model {response.model} is not known, so its cost counts as 0. Give it in the "
                'config_list: "price": [prompt_price_per_1k, completion_token_price_per_1k].',
            )
        if price is None or response.usage is None:
            return 0
        return cost_of(price, response.usage.prompt_tokens, response.usage.completion_tokens)

    def knows_price(self, response: ChatCompletion) -> bool:
        """Tell whether a cost of 0 means that an answer was free, or that its price is not known.

        Args:
            response: what `create` returned.
        """
        return price_of(response.model, self.spec.name) is not None

    @staticmethod
    def get_usage(response: ChatCompletion) -> dict[str, Any]:
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

    def _streamed(self, params: dict[str, Any]) -> Answer:
        """Show the pieces of a stream, and return the whole answer; an error if the stream breaks off."""
        answer: Answer | None = None
        with ShownText() as shown:
            try:
                for piece in self.stream(params):
                    if isinstance(piece, Answer):
                        answer = piece
                    else:
                        shown.show(piece)
            except Exception as error:
                if not speaks_http(type(error)):
                    raise
                if "Timeout" in type(error).__name__:
                    raise StreamTimeoutError(f"The stream of {self.spec.title} paused for too long.") from error
                raise BrokenStreamError(f"The stream of {self.spec.title} broke off: {error}") from error
        if answer is None or answer.finish_reason is None:
            raise BrokenStreamError(
                f"The stream of {self.spec.title} ended before the answer was complete: the server has gone, or closed "
                "the connection."
            )
        return answer

    def _wants_stream(self, params: Mapping[str, Any]) -> bool:
        return bool(params.get("stream"))
