"""What a scenario script imports: scripted models and people, and the notes that go into its record.

A scenario is a file `scenarios/NAME.py` with a function `main(mode)`. `mode` is "sync" or "async"; a scenario that
makes sense both ways says `MODES = ("sync", "async")` and calls the library through `chat` and `call`, which pick the
method or its `a_` twin. The same file runs under AutoGen 0.2.40 and under
autogen_classic; it only ever says `import autogen`.
"""

from __future__ import annotations

import asyncio
import base64
import builtins
import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from model_server import Choices, Endless, Fault, ModelServer
from normalise import Masks, plain

__all__ = [
    "Choices",
    "Endless",
    "EventStream",
    "Fault",
    "call",
    "call_of",
    "chat",
    "function_call",
    "group_chat",
    "hide_prompts",
    "human",
    "llm_config",
    "mask",
    "mask_tool",
    "model",
    "note",
    "note_talks",
    "person",
    "raises",
    "record",
    "set_environment",
    "talk_by_voice",
    "tool_calls",
]


class State:
    """The record of the scenario that runs in this process."""

    mode = "sync"
    server: ModelServer
    masks: Masks
    histories: ClassVar[list[dict]] = []
    notes: ClassVar[list[list]] = []
    person: ClassVar[list[list]] = []
    own_texts: ClassVar[dict[str, list[str]]] = {}
    undescribed: ClassVar[set[str]] = set()
    models = 0


def model(*replies: Any, name: str | None = None, **settings: Any) -> dict:
    """One entry of a config list, answered by a scripted model; `name` labels its requests in the record."""
    State.models += 1
    name = name or f"model{State.models}"
    return {"model": "gpt-4", "api_key": "sk-test", "base_url": State.server.add_model(name, list(replies)), **settings}


def llm_config(*replies: Any, name: str | None = None, **settings: Any) -> dict:
    """An llm_config with one scripted model and no cache; `settings` are further keys of the llm_config."""
    return {"config_list": [model(*replies, name=name)], "cache_seed": None, **settings}


def hide_prompts(model: str, *own_texts: str, descriptions: bool = False) -> None:
    """Keep the library's prompts to a model out of the record: of each text that it reads, only own texts stay.

    Args:
        model: the name by which `model` or `llm_config` was given it.
        *own_texts: texts of the scenario; longer ones hold shorter ones.
        descriptions: whether those of tools, and of the form of its answers, are kept out too.
    """
    if descriptions:
        State.undescribed.add(model)
    State.own_texts[model] = sorted(own_texts, key=len, reverse=True)


def tool_calls(*calls: tuple, content: str | None = None) -> dict:
    """A reply that calls tools: (name, arguments[, id]) each; arguments are a dict, or a text sent as it is."""
    return {
        "content": content,
        "tool_calls": [
            {"id": rest[0] if rest else f"call_{number}", "type": "function", "function": _function(name, arguments)}
            for number, (name, arguments, *rest) in enumerate(calls, 1)
        ],
    }


def function_call(name: str, arguments: Any, content: str | None = None) -> dict:
    """A reply in the legacy form: one function call."""
    return {"content": content, "function_call": _function(name, arguments)}


def _function(name: str, arguments: Any) -> dict:
    return {"name": name, "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments)}


def person(*answers: str) -> None:
    """Script the person at the keyboard; every prompt and answer is recorded, and shown as a terminal would show it."""
    waiting = list(answers)

    def scripted_input(prompt: object = "") -> str:
        if not waiting:
            State.person.append([str(prompt), None])
            raise EOFError("the scenario has no answer left")
        answer = waiting.pop(0)
        State.person.append([str(prompt), answer])
        print(f"{prompt}{answer}")
        return answer

    builtins.input = scripted_input


def human(*answers: str) -> Any:
    """A replacement for `agent.get_human_input`: gives the answers in turn and records the prompts."""
    waiting = list(answers)

    def answer(prompt: str) -> str:
        State.person.append([prompt, waiting[0] if waiting else None])
        return waiting.pop(0)

    return answer


def note(key: str, value: Any) -> None:
    """Put a value into the record."""
    State.notes.append([key, plain(value)])


def record(*agents: Any) -> None:
    """Put all stored messages of these agents into the record, partner by partner."""
    for agent in agents:
        for partner, messages in agent._oai_messages.items():
            State.histories.append({"agent": agent.name, "partner": partner.name, "messages": plain(list(messages))})


def note_talks() -> None:
    """Note who talked to whom so far instead of what was printed, where the words are the library's own."""
    printed = sys.stdout
    assert isinstance(printed, io.StringIO)
    note("talks", [line for line in printed.getvalue().splitlines() if re.fullmatch(r"\w+ \(to \w+\):", line)])
    printed.seek(0)
    printed.truncate()


def mask(name: str, text: str) -> None:
    """Have a long text of the library stand in the record as `<<name>>`; each library words it in its own way."""
    State.masks.add(name, text)


def mask_tool(tool: dict) -> None:
    """Mask what the library says of a tool of its own, and of each parameter."""
    function = tool["function"]
    mask("what the tool does", function["description"])
    for name, schema in function["parameters"]["properties"].items():
        mask(f"what {name} is", schema["description"])


@contextlib.contextmanager
def raises(key: str, kind: type = Exception, message: bool = False) -> Iterator[None]:
    """Note that the block raises, and what; the words of the error only if `message`, as a library may improve them."""
    try:
        yield
    except kind as error:
        note(key, {**plain(error), **({"message": str(error)} if message else {})})
    else:
        note(key, "nothing raised")


def call(target: Any, method: str, *args: Any, **kwargs: Any) -> Any:
    """Call `target.method(...)`, or run `target.a_method(...)` in an event loop in an asynchronous run."""
    if State.mode == "sync":
        return getattr(target, method)(*args, **kwargs)
    return asyncio.run(getattr(target, f"a_{method}")(*args, **kwargs))


def chat(sender: Any, recipient: Any, **kwargs: Any) -> Any:
    """`sender.initiate_chat(recipient, ...)` in the mode of the scenario; the result goes into the record."""
    result = call(sender, "initiate_chat", recipient, **kwargs)
    note("result", result)
    return result


def group_chat(pattern: Any, messages: Any, **kwargs: Any) -> Any:
    """Run a group chat of AG2 in the mode of the scenario; what comes out of it goes into the record."""
    from autogen import agentchat

    if State.mode == "sync":
        outcome = agentchat.initiate_group_chat(pattern=pattern, messages=messages, **kwargs)
    else:
        outcome = asyncio.run(agentchat.a_initiate_group_chat(pattern=pattern, messages=messages, **kwargs))
    result, context_variables, last_speaker = outcome
    note("result", result)
    note("context variables", context_variables)
    note("last speaker", last_speaker)
    return outcome


def run(target: Any, *answers: str, method: str = "run", **kwargs: Any) -> Any:
    """Start a run of AG2 in the mode of the scenario and answer its questions; its events and outcome are recorded."""
    waiting = list(answers)
    if State.mode == "sync":
        response = getattr(target, method)(**kwargs)
        for event in response.events:
            note("event", _event(event))
            if event.type == "input_request":
                event.content.respond(waiting.pop(0))
        note("outcome", [response.summary, response.last_speaker, response.messages])
        return response

    async def main() -> Any:
        response = await getattr(target, f"a_{method}")(**kwargs)
        async for event in response.events:
            note("event", _event(event))
            if event.type == "input_request":
                await event.content.respond(waiting.pop(0))
        note("outcome", [await response.summary, await response.last_speaker, await response.messages])
        return response

    return asyncio.run(main())


class EventStream:
    """A stream that takes events: it notes them, and answers questions in turn."""

    def __init__(self, *answers: str) -> None:
        self._waiting = list(answers)

    def print(self, *objects: Any, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
        """Note what is printed besides events."""
        note("printed", [str(one) for one in objects])

    def send(self, message: Any) -> None:
        """Note an event."""
        note("sent", _event(message))

    def input(self, prompt: str = "", *, password: bool = False) -> str:
        """Answer a question."""
        return self._waiting.pop(0)


_OF_ONE_RUN_ONLY = ("uuid", "respond", "cost", "history", "type")


def _event(event: Any) -> list:
    """The type and the fields of an event of AG2, without those that differ from run to run."""
    fields = {name: getattr(event.content, name) for name in type(event.content).model_fields}
    return [event.type, {name: _part(value) for name, value in fields.items() if name not in _OF_ONE_RUN_ONLY}]


def _part(value: Any) -> Any:
    if isinstance(value, list):
        return [_part(one) for one in value]
    if hasattr(value, "display_name"):
        return value.display_name()
    if hasattr(value, "model_dump"):
        return value.model_dump()
    return value.name if hasattr(value, "generate_reply") else value


def swarm_chat(initial_agent: Any, messages: Any, agents: list[Any], **kwargs: Any) -> Any:
    """Run a swarm of AG2 0.7 in the mode of the scenario; what comes out of it goes into the record."""
    import autogen

    arguments = {"initial_agent": initial_agent, "messages": messages, "agents": agents, **kwargs}
    if State.mode == "sync":
        outcome = autogen.initiate_swarm_chat(**arguments)
    else:
        outcome = asyncio.run(autogen.a_initiate_swarm_chat(**arguments))
    result, context_variables, last_speaker = outcome
    note("result", result)
    note("context variables", context_variables)
    note("last speaker", last_speaker)
    return outcome


def set_environment(**values: str | None) -> None:
    """Set or remove environment variables; every scenario has a process of its own, so nothing is put back."""
    for key, value in values.items():
        os.environ.pop(key, None)
        if value is not None:
            os.environ[key] = value


def call_of(name: str, /, **arguments: Any) -> Any:
    """A call that the model of an agent that speaks makes."""
    return _testing().tool_call(name, **arguments)


def _testing() -> Any:
    """The doubles of this library, which also play the model for the original."""
    repository = str(Path(__file__).resolve().parents[3])
    if repository not in sys.path:
        sys.path.append(repository)
    from autogen_classic import testing

    return testing


def talk_by_voice(
    replies: list[Any],
    *says: str,
    heard: int,
    adapter: str = "WebSocketAudioAdapter",
    prepare: Any = None,
    say: Any = None,
    system_message: str = "Be nice.",
    **entry: Any,
) -> None:
    """Have a person talk with a RealtimeAgent until they have heard enough; both ends of the line are recorded.

    Args:
        replies: what the model answers.
        *says: what the person says, each after an answer.
        heard: how many pieces of sound the person waits for.
        adapter: what carries the sound.
        prepare: is given the agent before it runs.
        say: is awaited with the client when the session is prepared.
        system_message: of the agent.
        **entry: further settings of its configuration.
    """
    with _testing().MockRealtimeServer(replies, beta=True) as server:
        config = {"temperature": 0.8, **server.llm_config(**entry)}
        page = _Page(says, heard, say)
        asyncio.run(_talk(page, config, adapter, prepare, system_message))
    note("to the model", server.received)
    note("to the person", page.received)


class _Page:
    """Stands in for the web socket of a person."""

    def __init__(self, says: tuple[str, ...], heard: int, say: Any) -> None:
        self.received: list[dict] = []
        self.over = asyncio.Event()
        self.client: Any = None
        self._says = says
        self._heard = heard
        self._say = say
        self._news = asyncio.Condition()

    def _count(self) -> int:
        return len([message for message in self.received if message["event"] == "mark"])

    async def send_json(self, data: Any, mode: str = "text") -> None:
        async with self._news:
            self.received.append(data)
            self._news.notify_all()
        if self._count() == self._heard:
            self.over.set()

    async def iter_text(self) -> Any:
        yield json.dumps({"event": "start", "start": {"streamSid": "MZ1"}, "streamSid": "MZ1"})
        if self._say is not None:
            await self._say(self.client)
        for number, text in enumerate(self._says):
            async with self._news:
                await self._news.wait_for(lambda number=number: self._count() >= number)
            payload = base64.b64encode(text.encode()).decode()
            yield json.dumps({"event": "media", "media": {"timestamp": str(40 + 500 * number), "payload": payload}})
        await asyncio.Event().wait()


async def _talk(page: _Page, config: dict, adapter: str, prepare: Any, system_message: str) -> None:
    from autogen.agentchat.realtime import experimental

    agent = experimental.RealtimeAgent(
        name="voice",
        system_message=system_message,
        llm_config=config,
        audio_adapter=getattr(experimental, adapter)(page),
    )
    page.client = agent.realtime_client
    if prepare is not None:
        prepare(agent)
    running = asyncio.ensure_future(agent.run())
    over = asyncio.ensure_future(page.over.wait())
    await asyncio.wait({running, over}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
    note("heard everything", over.done())
    running.cancel()
    await asyncio.wait({running}, timeout=5)
