"""A small model in this process: no key, no network, no server. ``{"config_list": [{"model": "local"}]}`` asks it."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ..errors import LocalModelError, LocalModelMissingError, LocalModelTimeoutError
from ._local.engine import INSTALL_COMMAND, LOCAL_MODEL, Engine, Generated, Patience, engine_for, model_file
from ._local.tools import Offer, answer_schema, answer_so_far, calls_in, explain, offer_of, repeats
from ._messages.images import ImagePart
from ._messages.translation import Text, Turn, alternating, told_calls, turns_of
from ._provider_client import ProviderClient, read_settings
from ._request.reading import Answer
from ._request.streamed_text import ShownText
from ._specs import DEFAULT_TIMEOUT, LOCAL, NUMBER

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

__all__ = (
    "INSTALL_COMMAND",
    "LOCAL_MODEL",
    "LocalClient",
    "LocalModelError",
    "LocalModelMissingError",
    "LocalModelTimeoutError",
    "model_file",
)

_ANSWER_FROM_TOOL = "Use this to answer."


class LocalClient(ProviderClient):
    """Asks a model that llama.cpp runs in this process.

    Args:
        **config: the configuration: ``model``, which is ``"local"`` or the path of a GGUF file; and ``timeout`` in
            seconds (default: 600), ``n_ctx`` (tokens of a conversation with its answer, default: 8192) and
            ``n_threads``. Nothing is loaded before the first request.
    """

    spec = LOCAL
    fallback_errors = (LocalModelError,)

    @property
    def address(self) -> str:
        """This machine, whatever the configuration says."""
        return "http://localhost"

    def ask(self, params: dict[str, Any]) -> Answer:
        """Have the model answer.

        Args:
            params: a request in the OpenAI form.
        """
        return self._answer(params, _show_nothing)

    async def a_create(self, params: dict[str, Any]) -> ChatCompletion:
        """The same as `create`, without blocking the event loop. A cancelled request ends at once."""
        engine = await asyncio.to_thread(self._engine, params)
        patience = self._patience(params)
        context = contextvars.copy_context()
        context.run(_patience_here.set, patience)
        try:
            return await asyncio.get_running_loop().run_in_executor(engine.queue, context.run, self.create, params)
        except asyncio.CancelledError:
            patience.give_up()
            raise

    def _streamed(self, params: dict[str, Any]) -> Answer:
        with ShownText() as shown:
            return self._answer(params, shown.show)

    def _model(self, params: Mapping[str, Any]) -> str:
        return str(params.get("model") or self._config.get("model") or LOCAL_MODEL)

    def _engine(self, params: Mapping[str, Any]) -> Engine:
        return engine_for(self._model(params), self._config.get("n_ctx"), self._config.get("n_threads"))

    def _patience(self, params: Mapping[str, Any]) -> Patience:
        seconds = params.get("timeout", self._config.get("timeout", DEFAULT_TIMEOUT))
        if seconds is not None and not isinstance(seconds, NUMBER):
            raise TypeError(f"timeout must be a number of seconds or None, but it is {seconds!r}.")
        return Patience(seconds)

    def _answers_now(self, params: Mapping[str, Any], turns: Sequence[Turn]) -> bool:
        """The installed model is too small to call one tool after the other: after the first, it answers in words."""
        return self._model(params) == LOCAL_MODEL and bool(turns) and turns[-1].role == "tool"

    def _answer(self, params: dict[str, Any], show: Callable[[str], None]) -> Answer:
        """Have the model answer: by a choice between calls and words if tools are offered, or else in words."""
        patience = _patience_here.get() or self._patience(params)
        engine = self._engine(params)
        turns = turns_of(params["messages"])
        _refuse_images(turns)
        settings = _settings(params)
        form = answer_schema(params)
        offer = offer_of(params)
        if offer is not None and not offer.must_call and self._answers_now(params, turns):
            offer = None
        answer = Answer(engine.path.stem, prompt_tokens=0, completion_tokens=0)
        if form is not None or offer is not None:
            settings.pop("stop", None)  # it would cut JSON in two
        if offer is not None:
            body = {**settings, "messages": _chat(turns, offer), "grammar": engine.grammar(offer.schema(form or _TEXT))}
            shown = _ShownAnswer(show)
            generated = engine.generate(body, shown.take, patience)
            _count(answer, generated)
            understood = _read_choice(answer, generated, body)
            if understood and (offer.must_call or not repeats(answer.calls, turns)):
                return answer
            if offer.must_call:
                raise _no_call(generated)
            answer.calls = []  # it lost its way, or calls for the same again and again: now it answers in words
        body = {**settings, "messages": _chat(turns, None)}
        if form is not None:
            body["grammar"] = engine.grammar(form)
        generated = engine.generate(body, show, patience)
        _count(answer, generated)
        answer.text = generated.text.strip() if form is None else generated.text
        return answer


_patience_here: ContextVar[Patience | None] = ContextVar("patience_with_the_local_model", default=None)
_TEXT = {"type": "string", "maxLength": 2000}


def _show_nothing(_: str) -> None:
    return None


class _ShownAnswer:
    """Shows the words of an answer that comes as JSON, but not the calls of tools."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._written = ""
        self._shown = 0

    def take(self, piece: str) -> None:
        """Take the next piece of JSON."""
        self._written += piece
        words = answer_so_far(self._written) or ""
        if len(words) > self._shown:
            self._show(words[self._shown :])
            self._shown = len(words)


def _settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """What goes to llama.cpp besides the messages. It reads each prompt anew, so that an answer depends on it alone."""
    given = dict(params)
    if given.get("max_tokens") is None and given.get("max_completion_tokens") is not None:
        given["max_tokens"] = given["max_completion_tokens"]
    settings = {**read_settings(given, LOCAL.settings), "cache_prompt": False}
    if isinstance(settings.get("stop"), str):
        settings["stop"] = [settings["stop"]]
    return settings


def _refuse_images(turns: Sequence[Turn]) -> None:
    if any(isinstance(part, ImagePart) for turn in turns for part in turn.parts):
        raise LocalModelError("The local model cannot see images. Send it texts only, or take another model.")


def _chat(turns: Sequence[Turn], offer: Offer | None) -> list[dict[str, str]]:
    """Write a conversation as the templates of all chat models take it.

    The first system messages become one. What follows alternates between user and assistant and ends with the user.
    Calls of tools and their answers are told in words. Where several agents speak, each is named.
    """
    opening = 0
    while opening < len(turns) and turns[opening].role == "system":
        opening += 1
    system = [turn.text for turn in turns[:opening] if turn.text] + ([explain(offer)] if offer is not None else [])
    told = told_calls(_with_names(turns[opening:]))
    if turns and turns[-1].role == "tool":
        told[-1] = told[-1]._replace(parts=(*told[-1].parts, Text(_ANSWER_FROM_TOOL)))
    first = [{"role": "system", "content": "\n\n".join(system)}] if system else []
    return first + [{"role": turn.role, "content": turn.text} for turn in alternating(told, user_last=True)]


def _with_names(turns: Sequence[Turn]) -> list[Turn]:
    speakers = {turn.name for turn in turns if turn.role == "user" and turn.name}
    if len(speakers) < 2:
        return list(turns)
    return [
        turn._replace(parts=(Text(f"{turn.name}: {turn.text}"),)) if turn.role == "user" and turn.name else turn
        for turn in turns
    ]


def _count(answer: Answer, generated: Generated) -> None:
    answer.prompt_tokens = (answer.prompt_tokens or 0) + generated.prompt_tokens
    answer.completion_tokens = (answer.completion_tokens or 0) + generated.completion_tokens
    answer.finish_reason = generated.finish_reason


def _read_choice(answer: Answer, generated: Generated, body: Mapping[str, Any]) -> bool:
    """Read what the model chose to do: to call tools, or to answer. False if it was cut off in a call."""
    try:
        said = json.loads(generated.text, strict=False)
    except ValueError:
        answer.text = answer_so_far(generated.text)
        return answer.text is not None
    if isinstance(said, dict) and "answer" in said:
        words = said["answer"]
        answer.text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
        return True
    request = json.dumps([body["messages"], generated.text], sort_keys=True)
    answer.calls = calls_in(said, hashlib.sha256(request.encode("utf-8", "surrogatepass")).hexdigest())
    return True


def _no_call(generated: Generated) -> LocalModelError:
    said = repr(generated.text[:200])
    if generated.finish_reason == "length":
        return LocalModelError(
            f"The local model was cut off after {generated.completion_tokens} tokens, in the call of a tool: {said}. "
            "Raise max_tokens, or give the tool fewer and shorter arguments."
        )
    return LocalModelError(
        f"The local model should have called a tool, but said {said}: the JSON schema cannot be enforced. Describe the "
        "parameters of each tool with the plain types of JSON Schema."
    )
