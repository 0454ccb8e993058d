"""A swarm does the work, and the voice asks the person what it wants to know."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("websockets")
pytest.importorskip("openai.resources.realtime")

from autogen_classic import AfterWork, AfterWorkOption, ConversableAgent, register_hand_off
from autogen_classic.agentchat.realtime.experimental import RealtimeAgent, WebSocketAudioAdapter, realtime_swarm
from autogen_classic.agentchat.realtime.experimental.realtime_swarm import SwarmableRealtimeAgent, register_swarm
from autogen_classic.agentchat.realtime_agent import RealtimeAgent as OfTheFirstReleases
from autogen_classic.testing import MockRealtimeServer, ScriptedClient, tool_call
from test.helpers.realtime_kit import Caller, run, start


def worker(*says: str) -> tuple[ConversableAgent, ScriptedClient]:
    model = ScriptedClient(list(says))
    agent = ConversableAgent("worker", llm_config=model.llm_config(), human_input_mode="NEVER")
    register_hand_off(agent, [AfterWork(AfterWorkOption.REVERT_TO_USER)])
    return agent, model


def asked(server: MockRealtimeServer) -> list[str]:
    items = [message["item"] for message in server.sent("conversation.item.create")]
    return [item["content"][0]["text"] for item in items if item["type"] == "message"]


def speak(server: MockRealtimeServer, agent: ConversableAgent, until: Any, **settings: Any) -> RealtimeAgent:
    async def main() -> RealtimeAgent:
        caller = Caller(start(), until=until)
        voice = RealtimeAgent(name="voice", llm_config=server.llm_config(), audio_adapter=WebSocketAudioAdapter(caller))
        voice.register_swarm(initial_agent=agent, agents=[agent], **settings)
        await run(voice)
        return voice

    return asyncio.run(main())


def test_the_person_is_asked_and_the_answer_goes_to_the_swarm() -> None:
    agent, model = worker("What is your name?", "And your age?")
    answer = tool_call("answer_task_question", answer="Ada")
    with MockRealtimeServer([answer, "Thanks.", "How old are you?"]) as server:
        speak(server, agent, lambda caller: len(caller.heard) == 2, question_message="Ask: {}")
    assert asked(server) == ["Ask: What is your name?", "Ask: And your age?"]
    assert server.results == ["Answer set successfully."]
    assert model.requests[0].last_text == "Find out what the user wants."
    assert model.requests[1].last_text == "Ada"


def test_the_model_is_told_how_to_speak_for_a_swarm() -> None:
    agent, _ = worker("What is your name?")
    with MockRealtimeServer(["Your name?"]) as server:
        voice = speak(server, agent, lambda caller: bool(caller.heard))
    assert "answer_task_question" in voice.system_message
    assert "```\nWhat is your name?\n```" in asked(server)[0]
    (tool,) = server.settings["tools"]
    assert (tool["name"], tool["parameters"]["required"]) == ("answer_task_question", ["answer"])


def test_a_text_of_the_program_takes_the_place_of_that() -> None:
    agent, _ = worker("What is your name?")
    with MockRealtimeServer(["Your name?"]) as server:
        voice = speak(server, agent, lambda caller: bool(caller.heard), system_message="Speak for us.")
    assert voice.system_message == server.settings["instructions"] == "Speak for us."


def test_a_question_without_an_answer_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime_swarm, "QUESTION_TIMEOUT_SECONDS", 0.02)
    agent, _ = worker("What is your name?")
    with MockRealtimeServer(["Your name?", "Hello? Your name?"]) as server:
        speak(server, agent, lambda caller: len(caller.heard) == 2, question_message="{}")
    assert asked(server)[:2] == ["What is your name?", "What is your name?"]


def test_the_swarm_ends_when_the_person_has_left() -> None:
    agent, model = worker("What is your name?")
    with MockRealtimeServer(["Your name?"]) as server:
        speak(server, agent, lambda caller: bool(caller.heard))
    assert len(model.requests) == 1  # asyncio.run has waited for the thread of the swarm


def test_the_first_releases_have_the_same_agent_at_another_path() -> None:
    assert OfTheFirstReleases is RealtimeAgent


def test_the_person_of_a_swarm_says_nothing_while_nobody_speaks_with_them() -> None:
    agent, _ = worker("What is your name?")
    with MockRealtimeServer() as server:
        voice = RealtimeAgent(name="voice", llm_config=server.llm_config())
    register_swarm(realtime_agent=voice, initial_agent=agent, agents=[agent])
    person = SwarmableRealtimeAgent(voice, agent, [agent])
    assert person.generate_reply([{"role": "user", "content": "Who are you?"}]) is None
    assert asyncio.run(person.a_generate_reply([{"role": "user", "content": "Who are you?"}])) is None
    assert voice.registered_realtime_tools.keys() == {"answer_task_question"}
