"""The classes of openai before 1.0, for programs that still name them.

What needs no model works. What asks one raises an error that says what to use instead.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from typing import Any

from ..errors import RetiredInterfaceError
from ._request.templates import instantiate
from .prices import OAI_PRICE1K, cost_of, price_of

__all__ = ("ChatCompletion", "Completion", "RetiredInterfaceError")

logger = logging.getLogger("autogen.oai.completion")

ERROR = None


class Completion:
    """Completions in the form of openai before 1.0. Use `OpenAIWrapper` instead."""

    chat_models = frozenset(
        model for model in OAI_PRICE1K if model.startswith(("gpt-3.5-turbo", "gpt-35-turbo", "gpt-4"))
    )
    price1K = OAI_PRICE1K
    default_search_space: dict[str, Any] | None = None
    cache_seed: int | None = 41
    cache_path = os.path.join(".cache", "41")
    retry_wait_time = 10
    max_retry_period = 120
    request_timeout = 60
    openai_completion_class: Any = False
    optimization_budget: float | None = None
    logged_history: dict[str, Any] | None = None

    @classmethod
    def set_cache(cls, seed: int | None = 41, cache_path_root: str | None = ".cache") -> None:
        """Set which directory `clear_cache` empties.

        Args:
            seed: the name of the cache.
            cache_path_root: the directory of the caches.
        """
        cls.cache_seed = seed
        cls.cache_path = os.path.join(cache_path_root or ".cache", str(seed))

    @classmethod
    def clear_cache(cls, seed: int | None = None, cache_path_root: str | None = ".cache") -> None:
        """Delete a cache.

        Args:
            seed: its name; None deletes all caches.
            cache_path_root: the directory of the caches.
        """
        root = cache_path_root or ".cache"
        shutil.rmtree(root if seed is None else os.path.join(root, str(seed)), ignore_errors=True)

    @classmethod
    def instantiate(
        cls, template: Any, context: dict[str, Any] | None = None, allow_format_str_template: bool | None = False
    ) -> Any:
        """Fill a template; see `OpenAIWrapper.instantiate`."""
        return instantiate(template, context, allow_format_str_template)

    @classmethod
    def create(
        cls,
        context: dict[str, Any] | None = None,
        use_cache: bool | None = True,
        config_list: list[dict[str, Any]] | None = None,
        filter_func: Callable[..., bool] | None = None,
        raise_on_ratelimit_or_timeout: bool | None = True,
        allow_format_str_template: bool | None = False,
        **config: Any,
    ) -> dict[str, Any]:
        """Raise an error: a model is asked by `OpenAIWrapper.create` now.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(
            cls, "create", "OpenAIWrapper(config_list=...).create(messages=..., context=..., filter_func=...)"
        )

    @classmethod
    def test(
        cls,
        data: list[dict[str, Any]],
        eval_func: Callable[..., Any] | None = None,
        use_cache: bool | None = True,
        agg_method: Any = "avg",
        return_responses_and_per_instance_result: bool | None = False,
        logging_level: int | None = logging.WARNING,
        **config: Any,
    ) -> Any:
        """Raise an error: a loop over OpenAIWrapper.create takes its place.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(cls, "test", "a loop over your data with OpenAIWrapper.create")

    @classmethod
    def tune(
        cls,
        data: list[dict[str, Any]],
        metric: str,
        mode: str,
        eval_func: Callable[..., Any],
        log_file_name: str | None = None,
        inference_budget: float | None = None,
        optimization_budget: float | None = None,
        num_samples: int | None = 1,
        logging_level: int | None = logging.WARNING,
        **config: Any,
    ) -> Any:
        """Raise an error: flaml.tune with OpenAIWrapper.create takes its place.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(cls, "tune", "flaml.tune with a function that calls OpenAIWrapper.create")

    @classmethod
    def cost(cls, response: dict[str, Any]) -> float:
        """Return the cost of an answer in US dollars, 0 for an unknown model.

        Args:
            response: an answer as a dict, with ``model`` and ``usage``.
        """
        price = price_of(response.get("model", ""))
        usage = response.get("usage") or {}
        return 0 if price is None else cost_of(price, usage.get("prompt_tokens"), usage.get("completion_tokens"))

    @classmethod
    def extract_text(cls, response: dict[str, Any]) -> list[str]:
        """Return the texts of an answer.

        Args:
            response: an answer as a dict.
        """
        choices = response["choices"]
        return [choice["text"] if "text" in choice else choice["message"].get("content", "") for choice in choices]

    @classmethod
    def extract_text_or_function_call(cls, response: dict[str, Any]) -> list[Any]:
        """Return the texts of an answer, or its messages where they call functions.

        Args:
            response: an answer as a dict.
        """
        return [
            choice["text"]
            if "text" in choice
            else choice["message"]
            if "function_call" in choice["message"]
            else choice["message"].get("content", "")
            for choice in response["choices"]
        ]

    @classmethod
    def start_logging(
        cls, history_dict: dict[str, Any] | None = None, compact: bool | None = True, reset_counter: bool | None = True
    ) -> None:
        """Raise an error: autogen.runtime_logging logs requests now.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(cls, "start_logging", "runtime_logging.start()")

    @classmethod
    def stop_logging(cls) -> None:
        """Forget the history."""
        cls.logged_history = None

    @classmethod
    def print_usage_summary(cls) -> dict[str, Any] | None:
        """Raise an error: each wrapper prints its own summary now.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(cls, "print_usage_summary", "OpenAIWrapper.print_usage_summary()")


class ChatCompletion(Completion):
    """Chat completions in the form of openai before 1.0. Use `OpenAIWrapper` instead."""


def _retired(cls: type, name: str, instead: str) -> RetiredInterfaceError:
    return RetiredInterfaceError(f"{cls.__name__}.{name} needs openai before 1.0. Use {instead} instead.")
