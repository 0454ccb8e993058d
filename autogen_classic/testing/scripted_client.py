"""A model client that answers from a script, without HTTP."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from .._core.request_context import asking_agent
from .._json.walk import copied
from ..oai._request.completions import texts_of_completion
from .replies import Answer, Choices, Disconnect, ErrorReply, Hang, ModelRequest, Reply, delay_of, read_reply
from .script import Script, answer_to, is_callable_reply, situation_of
from .wire import completion, error_body, replies_for, split_text

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

__all__ = ("ScriptedClient",)


class ScriptedClient:
    """A model client (of the ``ModelClient`` protocol) that answers from a script and records what it was asked.

    One instance serves any number of agents and threads, including the hidden agents of group chats. For example:

    ```python
    client = ScriptedClient(["Hello.", tool_call("add", a=1, b=2), "The sum is 3."])
    agent = AssistantAgent("assistant", llm_config=client.llm_config())
    ...
    assert client.requests[0].last_text == "What is 1 + 2?"
    ```

    Args:
        replies: the answers in order: texts, message dicts, `tool_call`, lists of texts (pieces of a stream),
            `error` and exceptions (raised), or callables that take the `ModelRequest` and return one of these.
            One callable in place of the list answers every request.
        default: what answers when the list is used up; None raises an error.
        model: the name of the model.
        cost: the cost of each answer in US dollars.

    Attributes:
        requests: every request, in the order of arrival, as it was at that moment.
    """

    # Programs register a client by its class; an instance plays that part too, see `__call__`.
    __name__ = "ScriptedClient"

    def __init__(
        self,
        replies: Iterable[Any] | Callable[[ModelRequest], Any] | None = None,
        *,
        default: Any = None,
        model: str = "scripted",
        cost: float = 0.0,
    ) -> None:
        self._script = Script(replies, default=default, owner="ScriptedClient")
        self._model = model
        self._cost = cost
        self.requests: list[ModelRequest] = []

    def __call__(self, config: dict[str, Any] | None = None, **kwargs: Any) -> ScriptedClient:
        """Stand in for the class in ``agent.register_model_client(client)``, which wants to build an instance.

        Args:
            config: the entry of the config_list; not used.
            **kwargs: not used.

        Returns:
            This instance, so that all agents share one script.
        """
        return self

    def __copy__(self) -> ScriptedClient:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> ScriptedClient:
        """Remain the same instance when a program copies its llm_config."""
        return self

    def config(self, **changes: Any) -> dict[str, Any]:
        """Build one entry for a config_list.

        Args:
            **changes: keys to add or replace.

        Returns:
            A new dict.
        """
        return {"model": self._model, "model_client": self, **changes}

    def llm_config(self, *, model: str | None = None, **changes: Any) -> dict[str, Any]:
        """Build an llm_config for an agent. Its answers are not cached.

        Args:
            model: the name of the model in the entry; None as in `config`.
            **changes: keys to add or replace, such as ``temperature``.

        Returns:
            A new dict.
        """
        entry = self.config() if model is None else self.config(model=model)
        return {"config_list": [entry], "cache_seed": None, **changes}

    def add(self, *replies: Any) -> None:
        """Append replies to the script.

        Args:
            *replies: as in the constructor.
        """
        self._script.add(*replies)

    @property
    def default(self) -> Any:
        """What answers when the script is used up; None raises. It can be set at any time."""
        return self._script.default

    @default.setter
    def default(self, reply: Any) -> None:
        self._script.default = reply

    @property
    def remaining(self) -> int:
        """How many scripted replies have not been asked for yet."""
        return self._script.remaining

    def assert_finished(self) -> None:
        """Check that every scripted reply was asked for.

        Raises:
            AssertionError: replies are left.
        """
        self._script.assert_finished()

    def create(self, params: dict[str, Any]) -> ChatCompletion:
        """Answer one request.

        Args:
            params: the parameters of a chat completion.

        Returns:
            A completion of the openai package. With ``stream`` its text was also printed piece by piece.

        Raises:
            ScriptExhaustedError: the script is used up.
            Exception: what the script says.
        """
        request, number = self._record(params)
        answer = answer_to(self._script.take(situation_of(request)), request)
        if delay := delay_of(answer):
            time.sleep(delay)
        return self._build(answer, request, number)

    async def a_create(self, params: dict[str, Any]) -> ChatCompletion:
        """Answer one request of an asynchronous chat; callables of the script may be asynchronous here.

        Args:
            params: the parameters of a chat completion.

        Returns:
            A completion of the openai package.

        Raises:
            ScriptExhaustedError: the script is used up.
            Exception: what the script says.
        """
        request, number = self._record(params)
        reply = self._script.take(situation_of(request))
        while is_callable_reply(reply):
            reply = reply(request)
            if isawaitable(reply):
                reply = await reply
        answer = read_reply(reply)
        if delay := delay_of(answer):
            await asyncio.sleep(delay)
        return self._build(answer, request, number)

    def message_retrieval(self, response: Any) -> list[Any]:
        """Take the messages out of a completion.

        Args:
            response: a completion made by `create`.

        Returns:
            The text of each choice, or its whole message if it calls tools or a function.
        """
        return texts_of_completion(response)

    def cost(self, response: Any) -> float:
        """Tell what a completion cost.

        Args:
            response: a completion made by `create`.

        Returns:
            US dollars.
        """
        return self._cost

    @staticmethod
    def get_usage(response: Any) -> dict[str, Any]:
        """Tell what a completion used.

        Args:
            response: a completion made by `create`.

        Returns:
            A dict with prompt_tokens, completion_tokens, total_tokens, cost and model.
        """
        usage = response.usage
        return {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.total_tokens,
            "cost": getattr(response, "cost", 0.0),
            "model": response.model,
        }

    def _record(self, params: dict[str, Any]) -> tuple[ModelRequest, int]:
        request = ModelRequest(copied(params))
        request.setdefault("model", self._model)
        request.agent = asking_agent.get()
        self.requests.append(request)
        return request, len(self.requests)

    def _build(self, answer: Answer, request: ModelRequest, number: int) -> ChatCompletion:
        from openai.types.chat import ChatCompletion

        if isinstance(answer, (ErrorReply, Disconnect, Hang)):
            raise _sdk_error(answer)
        if isinstance(answer, BaseException):
            raise answer
        if request.get("stream"):
            _print_stream(answer, request)
        return ChatCompletion.model_validate({**completion(answer, request, number), "cost": self._cost})


def _print_stream(answer: Reply | Choices, request: ModelRequest) -> None:
    """Print the first choice as a streaming client does, piece by piece."""
    from ..io.base import IOStream

    reply = replies_for(answer, request)[0]
    if not reply.content:
        return
    stream = IOStream.get_default()
    for piece in reply.pieces or split_text(reply.content):
        stream.print(piece, end="", flush=True)
    stream.print()


def _sdk_error(answer: ErrorReply | Disconnect | Hang) -> Exception:
    """The error that the openai package raises for such an answer of a server."""
    import openai

    from ..oai._http.packages import httpx_of_openai

    httpx = httpx_of_openai()
    request = httpx.Request("POST", "http://scripted.invalid/v1/chat/completions")
    if isinstance(answer, Disconnect):
        return openai.APIConnectionError(message="The connection broke, as the script says.", request=request)
    if isinstance(answer, Hang):
        return openai.APITimeoutError(request=request)
    headers = {} if answer.retry_after is None else {"retry-after": f"{answer.retry_after:g}"}
    body = error_body(answer)
    response = httpx.Response(answer.status, headers=headers, json=body, request=request)
    error_class = _ERRORS.get(answer.status) or ("InternalServerError" if answer.status >= 500 else "APIStatusError")
    sdk_error: Exception = getattr(openai, error_class)(
        f"Error code: {answer.status} - {answer.message}", response=response, body=body["error"]
    )
    return sdk_error


_ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}
