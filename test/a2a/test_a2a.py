"""Agents behind A2A, over real HTTP. What AG2 0.14.1 sends and stores in the same chats stands here."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from agent_kit import agent, both_ways, chat
from asgi_kit import served
from journal_kit import Stopped

from autogen_classic import ChatResult, ConversableAgent, GroupChat, GroupChatManager, register_function
from autogen_classic.a2a.client import _origin
from autogen_classic.agentchat.group import ContextVariables, ReplyResult
from autogen_classic.errors import A2aAgentNotFoundError, A2aClientError, RemoteAgentNotFoundError
from autogen_classic.events import TextStreamed, listening
from autogen_classic.state import InterruptedStepError, journal
from autogen_classic.testing import MockOpenAIServer, ScriptedClient, ScriptedPerson, tool_call

pytest.importorskip("a2a")
pytest.importorskip("uvicorn")
from a2a.compat.v0_3.types import AgentCard
from starlette.responses import PlainTextResponse

from autogen_classic.a2a import (
    A2aAgentServer,
    A2aRemoteAgent,
    CardSettings,
    HttpxClientFactory,
    MockClient,
)


def bot(replies: list[Any], **settings: Any) -> ConversableAgent:
    model = ScriptedClient(replies)
    settings = {"human_input_mode": "NEVER", "system_message": "I am the bot.", **settings}
    return ConversableAgent("bot", llm_config=model.llm_config(), **settings)


def serving(served_agent: ConversableAgent, **settings: Any) -> Any:
    return served(lambda url: A2aAgentServer(served_agent, url=url, **settings).build())


def talk(way: str, url: str, turns: int = 1, message: str = "Hi.", **settings: Any) -> ChatResult:
    user = agent("user", default_auto_reply="Go on.")
    remote = A2aRemoteAgent(url=url, name="remote", **settings)
    return chat(way, user, remote, message=message, max_turns=turns)


def ask(url: str, method: str, **message: Any) -> httpx.Response:
    message = {"role": "user", "parts": [{"kind": "text", "text": "Hi."}], "messageId": "m1", **message}
    return httpx.post(
        url, json={"jsonrpc": "2.0", "id": 1, "method": method, "params": {"message": message}}, timeout=60
    )


def results_of(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line)["result"] for line in lines]


@both_ways
def test_an_agent_elsewhere_takes_part_in_a_chat(way: str) -> None:
    with serving(bot(["Hello.", "And on."])) as url:
        result = talk(way, url, turns=2)
    assert result.chat_history == [
        {"content": "Hi.", "role": "assistant", "name": "user"},
        {"content": "Hello.", "name": "bot", "role": "user"},
        {"content": "Go on.", "role": "assistant", "name": "user"},
        {"content": "And on.", "name": "bot", "role": "user"},
    ]


@both_ways
def test_a_run_that_was_stopped_asks_an_agent_elsewhere_only_for_what_is_missing(way: str, tmp_path: Path) -> None:
    served_agent = bot(["Hello."])
    with serving(served_agent) as url:
        with pytest.raises(A2aClientError), journal(tmp_path / "run.jsonl"):
            talk(way, url, turns=2)
        served_agent.client = bot(["And on."]).client
        with journal(tmp_path / "run.jsonl"):
            result = talk(way, url, turns=2)
    with journal(tmp_path / "run.jsonl"):
        assert talk(way, url, turns=2).chat_history == result.chat_history
    assert [message["content"] for message in result.chat_history] == ["Hi.", "Hello.", "Go on.", "And on."]


@both_ways
@pytest.mark.parametrize(
    ("policy", "typed", "answer", "requests"),
    [("rerun", [], "Answer 2.", 2), ("ask", ["again"], "Answer 2.", 2), ("ask", ["It said yes."], "It said yes.", 1)],
)
def test_the_policy_for_tools_decides_about_a_request_that_was_under_way(
    way: str, policy: Any, typed: list[str], answer: str, requests: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = A2aRemoteAgent._answer_from

    async def stop_before_the_answer_is_kept(*arguments: Any) -> Any:
        await send(*arguments)
        raise Stopped

    def count(*_: Any, **__: Any) -> tuple[bool, str]:
        asked.append(len(asked) + 1)
        return True, f"Answer {asked[-1]}."

    there, asked, file = agent("bot"), list[int](), tmp_path / "run.jsonl"
    there.register_reply([ConversableAgent, None], count)
    with serving(there) as url:
        with monkeypatch.context() as stopping:
            stopping.setattr(A2aRemoteAgent, "_answer_from", stop_before_the_answer_is_kept)
            with pytest.raises(Stopped), journal(file):
                talk(way, url)
        with pytest.raises(InterruptedStepError, match=r"request \(a2a\) of remote was running"), journal(file):
            talk(way, url)
        with journal(file, interrupted={"a2a": policy}), ScriptedPerson(typed):
            result = talk(way, url)
        with journal(file):
            assert talk(way, url).chat_history == result.chat_history
    assert result.summary == answer
    assert len(asked) == requests


def test_the_whole_conversation_goes_to_the_agent_elsewhere() -> None:
    model = ScriptedClient(["One.", "Two."])
    served_agent = ConversableAgent("bot", "s", llm_config=model.llm_config(), human_input_mode="NEVER")
    with serving(served_agent) as url:
        talk("sync", url, turns=2)
    assert [(one["role"], one["content"]) for one in model.requests[1].messages] == [
        ("system", "s"),
        ("user", "Hi."),
        ("assistant", "One."),
        ("user", "Go on."),
    ]


def test_the_wire_is_that_of_a2a_0_3() -> None:
    with serving(bot(["Hello."])) as url:
        submitted, working, result, completed = results_of(ask(url, "message/stream"))
    assert (submitted["kind"], submitted["status"]["state"]) == ("task", "submitted")
    assert (working["kind"], working["status"]["state"], working["final"]) == ("status-update", "working", False)
    part = {"kind": "text", "metadata": {"name": "bot", "role": "assistant"}, "text": "Hello."}
    assert (result["artifact"]["name"], result["artifact"]["parts"], result["lastChunk"]) == ("result", [part], True)
    assert (completed["status"]["state"], completed["final"]) == ("completed", True)


def test_a_streamed_answer_comes_in_pieces_and_once_in_the_chat() -> None:
    pieces: list[str] = []
    with MockOpenAIServer(["One two three"]) as model:
        config = {**model.llm_config(), "stream": True}
        served_agent = ConversableAgent("bot", llm_config=config, human_input_mode="NEVER")
        with serving(served_agent) as url:

            def hear(event: TextStreamed) -> None:
                if getattr(event.agent, "name", None) == "remote":
                    pieces.append(event.text)

            with listening(hear, kinds=(TextStreamed,)):
                result = talk("async", url)
    assert len(pieces) > 1
    assert "".join(pieces) == result.summary == "One two three"


def test_tools_of_the_agent_elsewhere_run_there_and_those_given_to_it_here() -> None:
    def add(a: int) -> int:
        return a + 41

    def look() -> str:
        """Look."""
        return "a tree"

    with serving(bot([tool_call("add", a=1), tool_call("look"), "I see a tree."], functions=[add])) as url:
        user = agent("user", default_auto_reply="Go on.")
        remote = A2aRemoteAgent(url=url, name="remote")
        register_function(look, caller=remote, executor=user, name="look", description="Look.")
        result = chat("sync", user, remote, message="Look.", max_turns=2)
    _, called, answered, said = result.chat_history
    assert called["tool_calls"][0]["function"]["name"] == "look"
    assert answered["tool_responses"][0]["content"] == "a tree"
    assert said["content"] == "I see a tree."
    remote.update_tool_signature("look", is_remove=True)
    with pytest.raises(ValueError, match="has no tool 'look'"):
        remote.update_tool_signature("look", is_remove=True)


def test_context_variables_go_there_and_come_back() -> None:
    def note(a: int, context_variables: ContextVariables) -> ReplyResult:
        context_variables["seen"] = a + context_variables["x"]
        return ReplyResult(message="noted", context_variables=context_variables)

    with serving(bot([tool_call("note", a=1), "Done."], functions=[note])) as url:
        remote = A2aRemoteAgent(url=url, name="remote")
        remote.context_variables = ContextVariables(data={"x": 2})
        chat("sync", agent("user"), remote, max_turns=1)
    assert remote.context_variables.to_dict() == {"x": 2, "seen": 3}
    assert isinstance(remote.context_variables["seen"], int)


@both_ways
def test_a_person_is_asked_here_and_may_end_the_chat(way: str) -> None:
    asking = bot([], human_input_mode="TERMINATE", is_termination_msg=lambda message: True)
    with serving(asking) as url, ScriptedPerson(["exit"]) as person:
        result = talk(way, url)
    assert person.prompts[0].startswith("Input for `remote`\nPlease give feedback to user.")
    assert len(result.chat_history) == 1


def test_pictures_are_not_lost() -> None:
    model = ScriptedClient(["A dot."])
    served_agent = ConversableAgent("bot", "s", llm_config=model.llm_config(), human_input_mode="NEVER")
    content = [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    with serving(served_agent) as url:
        user, remote = agent("user"), A2aRemoteAgent(url=url, name="remote")
        user.initiate_chat(remote, message={"content": content}, max_turns=1, silent=True)
    assert model.requests[0].messages[-1]["content"] == content


def test_parts_of_other_libraries_are_read() -> None:
    model = ScriptedClient(["Fine."])
    served_agent = ConversableAgent("bot", "s", llm_config=model.llm_config(), human_input_mode="NEVER")
    parts = [{"kind": "text", "text": "Look:"}, {"kind": "data", "data": {"k": 1}}]
    with serving(served_agent) as url:
        ask(url, "message/send", parts=parts)
    assert model.requests[0].messages[-1]["content"] == 'Look:\n\n{"k": 1}'


@both_ways
def test_what_fails_there_is_named_here_and_only_the_log_there_has_its_text(
    way: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abcdefghijklmnopqrstuvwx")
    with (
        serving(bot([ValueError("down: sk-abcdefghijklmnopqrstuvwx"), "Hello."])) as url,
        pytest.raises(A2aClientError, match="it failed: The agent failed with ValueError; the log") as caught,
    ):
        talk(way, url)
    assert "down" not in str(caught.value)
    assert "down" in caplog.text
    assert "sk-abcdef" not in caplog.text


def test_what_a_stranger_may_not_send_is_refused_with_the_reason() -> None:
    part = {"kind": "text", "text": "Hi.", "metadata": {"role": "assistant"}}
    with serving(bot([])) as url:
        task = ask(url, "message/send", parts=[part]).json()["result"]
    assert task["status"]["state"] == "failed"
    assert "There is nothing to answer." in task["status"]["message"]["parts"][0]["text"]


@both_ways
@pytest.mark.parametrize("kind", ["nobody", "a web page"])
def test_where_nobody_is_the_address_is_named(way: str, kind: str) -> None:
    with served(lambda _: PlainTextResponse("<html>", 404)) as url:
        address = url if kind == "a web page" else "http://127.0.0.1:1"
        with pytest.raises(A2aAgentNotFoundError, match="Remote agent `remote: http://127.0.0.1") as caught:
            talk(way, address)
    assert isinstance(caught.value, RemoteAgentNotFoundError)


def test_the_card_says_what_the_agent_and_the_settings_say() -> None:
    def modify(card: AgentCard) -> AgentCard:
        card.description += " Ask me."
        return card

    settings = CardSettings(version="2.0", provider={"organization": "us", "url": "http://us"})
    with serving(bot([], description="A bot."), agent_card=settings, card_modifier=modify) as url:
        cards = [httpx.get(f"{url}/.well-known/{name}.json").json() for name in ("agent-card", "agent")]
    assert cards[0] == cards[1]
    told = {name: cards[0][name] for name in ("name", "description", "url", "version", "protocolVersion")}
    assert told == {
        "name": "bot",
        "description": "A bot. Ask me.",
        "url": url,
        "version": "2.0",
        "protocolVersion": "0.3.0",
    }


def test_the_card_keeps_the_instructions_of_an_agent_to_itself() -> None:
    with serving(bot([])) as url:
        card = httpx.get(f"{url}/.well-known/agent-card.json").text
    assert "The agent bot." in card
    assert "I am the bot" not in card


@pytest.mark.parametrize(
    ("settings", "kind", "told"),
    [
        ({"url": ""}, ValueError, "url of A2aRemoteAgent should be a text that is not empty"),
        ({"max_reconnects": -1}, ValueError, "max_reconnects of A2aRemoteAgent should be greater than or equal to 0"),
        ({"polling_interval": "soon"}, TypeError, "polling_interval of A2aRemoteAgent should be a valid number"),
        ({"client": "httpx"}, TypeError, "client of A2aRemoteAgent must make HTTP clients, such as HttpxClientFactory"),
    ],
)
def test_a_remote_agent_refuses(settings: dict[str, Any], kind: type[Exception], told: str) -> None:
    with pytest.raises(kind, match=told):
        A2aRemoteAgent(**{"url": "http://localhost", "name": "remote", **settings})


def test_a_server_and_a_mock_refuse_what_they_cannot_use() -> None:
    with pytest.raises(
        ValueError, match="url of A2aAgentServer should begin with http:// or https://, but it is 'local"
    ):
        A2aAgentServer(bot([]), url="localhost")
    with pytest.raises(
        TypeError, match="agent_card of A2aAgentServer should be a valid dictionary or instance of Card"
    ):
        A2aAgentServer(bot([]), agent_card="bot")
    with pytest.raises(TypeError, match="response_message of MockClient should be a valid string"):
        MockClient(["one", "two"])


def test_a_card_may_be_a_dict_and_a_misspelt_setting_of_one_is_told(caplog: pytest.LogCaptureFixture) -> None:
    server = A2aAgentServer(bot([]), agent_card={"name": "robot", "shape": "2.0"})
    assert (server.card.name, server.card.version) == ("robot", "0.1.0")
    assert "The card of an agent has no 'shape', so CardSettings ignores it." in caplog.text


def test_an_agent_is_made_from_a_card() -> None:
    with serving(bot(["Hello."])) as url:
        card = AgentCard.model_validate(httpx.get(f"{url}/.well-known/agent-card.json").json())
        remote = A2aRemoteAgent.from_card(card)
        assert (remote.name, remote.url) == ("bot", url)
        assert chat("sync", agent("user"), remote, max_turns=1).summary == "Hello."


def test_middleware_stands_in_front() -> None:
    class Guard:
        def __init__(self, app: Any, word: str) -> None:
            self.app, self.word = app, word

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if dict(scope["headers"]).get(b"x-word") != self.word.encode():
                await PlainTextResponse("no", 401)(scope, receive, send)
            else:
                await self.app(scope, receive, send)

    def make(url: str) -> Any:
        server = A2aAgentServer(bot(["Hello."]), url=url)
        server.add_middleware(Guard, word="open")
        return server.build()

    with served(make) as url:
        with pytest.raises(A2aClientError, match="its card is refused, with status 401"):
            talk("sync", url)
        assert talk("sync", url, client=HttpxClientFactory(headers={"x-word": "open"})).summary == "Hello."


@both_ways
def test_an_agent_elsewhere_can_be_played_without_a_network(way: str) -> None:
    assert talk(way, "http://mock", client=MockClient("Hello.")).summary == "Hello."


def test_a_task_is_followed_over_a_new_connection() -> None:
    """The stream breaks after the task is known; the answer is asked for."""

    class Broken(httpx.AsyncBaseTransport):
        def __init__(self, app: Any) -> None:
            self.inner = httpx.ASGITransport(app)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            answer = await self.inner.handle_async_request(request)
            if b"message/stream" in request.content:
                whole = (await answer.aread()).split(b"\n\n")[0] + b"\n\n"

                async def cut() -> Any:
                    yield whole
                    raise httpx.ReadError("the network is gone")

                return httpx.Response(answer.status_code, headers=answer.headers, stream=_Stream(cut()))
            return answer

    class _Stream(httpx.AsyncByteStream):
        def __init__(self, pieces: Any) -> None:
            self.pieces = pieces

        async def __aiter__(self) -> Any:
            async for piece in self.pieces:
                yield piece

    app = A2aAgentServer(bot(["Hello."]), url="http://mock").build()
    clients = HttpxClientFactory(transport=Broken(app))
    assert talk("async", "http://mock", client=clients, polling_interval=0).summary == "Hello."


def test_a_group_elsewhere_is_refused() -> None:
    manager = GroupChatManager(GroupChat([], []), llm_config=False)
    with pytest.raises(TypeError, match="leads a group"):
        A2aAgentServer(manager)


def test_a_hundred_clients_get_their_own_answers() -> None:
    served_agent = ConversableAgent("bot", llm_config=False, human_input_mode="NEVER")

    def repeat(_: Any, messages: Any = None, **__: Any) -> tuple[bool, str]:
        return True, f"You said {messages[-1]['content']}"

    served_agent.register_reply([ConversableAgent, None], repeat)

    async def main(url: str) -> list[str]:
        async def one(number: int) -> str:
            user, remote = agent("user"), A2aRemoteAgent(url=url, name="remote")
            result = await user.a_initiate_chat(remote, message=f"{number}", max_turns=1, silent=True)
            return str(result.summary)

        return await asyncio.gather(*map(one, range(100)))

    with serving(served_agent) as url:
        assert asyncio.run(main(url)) == [f"You said {number}" for number in range(100)]


def test_nobody_reads_the_conversations_of_others() -> None:
    with serving(bot(["Hello."])) as url:
        ask(url, "message/send")
        call = {"jsonrpc": "2.0", "id": 2, "method": "ListTasks", "params": {}}
        answer = httpx.post(url, json=call, headers={"A2A-Version": "1.0"}, timeout=60)
    assert not answer.json().get("result", {}).get("tasks")
    assert "Hi." not in answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [("{}", "text/plain", 415), (" " * 17 * 1024**2, "application/json", 413)],
    ids=["not JSON", "too large"],
)
def test_what_no_client_sends_is_refused(content: str, kind: str, status: int) -> None:
    with serving(bot([])) as url:
        answer = httpx.post(url, content=content, headers={"content-type": kind}, timeout=60)
    assert answer.status_code == status


def test_a_variable_that_json_cannot_hold_costs_no_answer() -> None:
    def open_it(context_variables: ContextVariables) -> ReplyResult:
        """Open something."""
        context_variables["opened"] = Path("a/b")
        return ReplyResult(message="opened", context_variables=context_variables)

    with serving(bot([tool_call("open_it"), "Paid for."], functions=[open_it])) as url:
        assert talk("asynchronous", url).summary == "Paid for."


def test_variables_that_nobody_has_changed_stay_as_they_are() -> None:
    thing = object()
    with serving(bot(["Hello."])) as url:
        remote = A2aRemoteAgent(url=url, name="remote")
        remote.context_variables = ContextVariables(data={"thing": thing, "pair": (1, 2), "share": 2.0})
        chat("sync", agent("user"), remote, max_turns=1)
    kept = remote.context_variables
    assert kept["thing"] is thing
    assert kept["pair"] == (1, 2)
    assert isinstance(kept["share"], float)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost"])
def test_an_address_that_is_not_of_the_web_is_told_of(url: str) -> None:
    with pytest.raises(A2aClientError, match="its url must begin with http:// or https://"):
        talk("sync", url)


def test_a_password_in_an_address_is_in_no_error() -> None:
    with pytest.raises(A2aAgentNotFoundError) as caught:
        talk("sync", "http://bob:secret-word@127.0.0.1:1")
    assert "secret-word" not in str(caught.value)


def test_a_card_that_leads_elsewhere_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    with served(lambda _: A2aAgentServer(bot([]), url="http://elsewhere.invalid").build()) as url:
        with pytest.raises(A2aClientError):
            talk("sync", url)
    assert "says that it is asked at http://elsewhere.invalid" in caplog.text


@pytest.mark.parametrize("address", ["http://elsewhere:port", "http://["])
def test_a_card_with_an_address_that_cannot_be_read_is_told_of(address: str) -> None:
    with served(lambda _: A2aAgentServer(bot([]), url=address).build()) as url:
        with pytest.raises(A2aClientError, match="The agent remote at http://127.0.0.1.* has not answered: "):
            talk("sync", url)


def test_the_usual_port_may_be_left_out_of_a_card() -> None:
    assert _origin("http://host/a") == _origin("HTTP://host:80/b")
    assert _origin("https://host") != _origin("http://host:443")
