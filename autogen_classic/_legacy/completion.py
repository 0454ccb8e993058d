"""The classes of openai before 1.0, over the clients of today, for programs of AutoGen 0.1.

What needs a search over settings raises an error that says what to use instead.
"""

from __future__ import annotations

import inspect
import json
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NoReturn

from .._core.events import ModelAnswered, subscribe, unsubscribe
from ..cache.cache import Cache
from ..errors import RetiredInterfaceError
from ..oai._request.templates import instantiate
from ..oai.client import OpenAIWrapper
from ..oai.prices import OAI_PRICE1K, cost_of, price_of

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ("Answer", "ChatCompletion", "Completion")

_NO_ANSWER = -1


class Answer(dict[str, Any]):
    """An answer as openai before 1.0 gave it: a dict whose keys are also attributes."""

    def __getattr__(self, name: str) -> object:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"The answer has no {name}.") from None


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
    logged_history: dict[Any, Any] | None = None
    _answers_logged = 0
    _log_compactly = True

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
        cls, template: object, context: dict[str, Any] | None = None, allow_format_str_template: bool | None = False
    ) -> object:
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
    ) -> Answer | int:
        """Ask the models in turn until one answers.

        Args:
            context: values for templates in the prompt or the messages.
            use_cache: whether an answer may come from the cache that `set_cache` names.
            config_list: one dict for each model; None asks the one of ``config``.
            filter_func: called with ``context`` and ``response``, and ``config`` if it takes that; an answer for which
                it returns False is passed over, unless no configuration is left.
            raise_on_ratelimit_or_timeout: whether the last failure of these kinds is raised; else -1 is returned.
            allow_format_str_template: whether ``{name}`` in a text stands for a value of the context.
            **config: ``messages`` or ``prompt``, and what a configuration may hold.

        Returns:
            The answer as a dict with ``choices``, ``usage``, ``cost``, ``config_id`` and ``pass_filter``; -1 without
            one.

        Raises:
            openai.OpenAIError: no model has answered.
        """
        import openai

        request = {key: config.pop(key) for key in ("messages", "prompt") if config.get(key) is not None}
        seed = config.pop("cache_seed", cls.cache_seed) if use_cache else None
        if "prompt" in request and cls._is_for_chats(config, config_list):
            prompt = instantiate(request.pop("prompt"), context, allow_format_str_template)
            request["messages"] = [{"role": "user", "content": prompt}]
        client = OpenAIWrapper(config_list=config_list, **{"timeout": cls.request_timeout, **config})
        with ExitStack() as stack:
            if seed is not None:
                request["cache"] = stack.enter_context(Cache.disk(seed, os.path.dirname(cls.cache_path)))
            try:
                response = client.create(
                    context=context,
                    cache_seed=None,
                    allow_format_str_template=allow_format_str_template,
                    filter_func=filter_func and _with_old_answers(filter_func, config),
                    **request,
                )
            except (openai.RateLimitError, openai.APITimeoutError, TimeoutError):
                if raise_on_ratelimit_or_timeout:
                    raise
                return _NO_ANSWER
        return _old_answer(response)

    @classmethod
    def _is_for_chats(cls, config: Mapping[str, Any], config_list: list[dict[str, Any]] | None) -> bool:
        models = [entry.get("model", config.get("model")) for entry in config_list or [{}]]
        return all(model in cls.chat_models for model in models)

    @classmethod
    def test(
        cls,
        data: list[dict[str, Any]],
        eval_func: Callable[..., Any] | None = None,
        use_cache: bool | None = True,
        agg_method: str | Callable[..., object] = "avg",
        return_responses_and_per_instance_result: bool | None = False,
        logging_level: int | None = logging.WARNING,
        **config: Any,
    ) -> NoReturn:
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
    ) -> NoReturn:
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
        """Return the texts of an answer, or its messages if they call functions.

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
        cls, history_dict: dict[Any, Any] | None = None, compact: bool | None = True, reset_counter: bool | None = True
    ) -> None:
        """Keep in `logged_history` what models are asked in this process, until `stop_logging`.

        `autogen_classic.runtime_logging` keeps more, and keeps it in a file.

        Args:
            history_dict: where to keep it; None makes a new dict.
            compact: True keeps, by the messages of a request as JSON, the numbers of the answers (``created_at``) and
                what each has cost (``cost``, in US dollars). False keeps, by the number of the answer, the whole
                ``request`` and ``response``.
            reset_counter: whether the answers are numbered from 0 again.
        """
        cls.stop_logging()
        Completion.logged_history = {} if history_dict is None else history_dict
        if reset_counter:
            Completion._answers_logged = 0
        Completion._log_compactly = bool(compact)
        subscribe(_log_answer, [ModelAnswered])

    @classmethod
    def stop_logging(cls) -> None:
        """Keep nothing more, and forget the history; a dict that was given to `start_logging` stays as it is."""
        unsubscribe(_log_answer)
        Completion.logged_history = None

    @classmethod
    def print_usage_summary(cls) -> NoReturn:
        """Raise an error: each wrapper prints its own summary now.

        Raises:
            RetiredInterfaceError: always.
        """
        raise _retired(cls, "print_usage_summary", "OpenAIWrapper.print_usage_summary()")


class ChatCompletion(Completion):
    """Chat completions in the form of openai before 1.0. Use `OpenAIWrapper` instead."""

    @classmethod
    def _is_for_chats(cls, config: Mapping[str, Any], config_list: list[dict[str, Any]] | None) -> bool:
        return True


def _log_answer(event: ModelAnswered) -> None:
    """Add an answer to the history."""
    history, number = Completion.logged_history, Completion._answers_logged
    if history is None:
        return
    Completion._answers_logged = number + 1
    if Completion._log_compactly:
        asked = json.dumps(event.request.get("messages", event.request.get("prompt")))
        entry = history.setdefault(asked, {"created_at": [], "cost": []})
        entry["created_at"].append(number)
        entry["cost"].append(event.cost or 0)
    else:
        response = event.response
        answer = _old_answer(response) if hasattr(response, "model_dump") else response
        history[number] = {"request": event.request, "response": answer}


def _with_old_answers(filter_func: Callable[..., bool], config: dict[str, Any]) -> Callable[..., bool]:
    """A filter of today that hands the answer in its old form to one of then."""
    takes = inspect.signature(filter_func).parameters.values()
    more = {"config": config} if any(one.name == "config" or one.kind is one.VAR_KEYWORD for one in takes) else {}
    return lambda context, response: filter_func(context=context, response=_old_answer(response), **more)


def _old_answer(response: BaseModel) -> Answer:
    """Write an answer in its old form."""
    added = {name: getattr(response, name, None) for name in ("cost", "config_id", "pass_filter")}
    return Answer({key: _as_answers(part) for key, part in {**response.model_dump(exclude_none=True), **added}.items()})


def _as_answers(value: object) -> object:
    if isinstance(value, dict):
        return Answer((key, _as_answers(part)) for key, part in value.items())
    return [_as_answers(part) for part in value] if isinstance(value, list) else value


def _retired(cls: type, name: str, instead: str) -> RetiredInterfaceError:
    return RetiredInterfaceError(f"{cls.__name__}.{name} needs openai before 1.0. Use {instead} instead.")
