"""A list of configurations where a dict should be, or an address that is not one: the error shows no key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autogen_classic import ConversableAgent
from autogen_classic._argument_checks import WebAddress, check_value
from autogen_classic._secrets import shown_without_keys
from autogen_classic.agentchat.contrib.agent_optimizer import AgentOptimizer
from autogen_classic.agentchat.contrib.capabilities.transform_messages import TransformMessages
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.captainagent import CaptainAgent
from autogen_classic.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent
from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent
from autogen_classic.agentchat.contrib.web_surfer import WebSurferAgent
from autogen_classic.agentchat.group import TerminateTarget
from autogen_classic.agentchat.group.guardrails import LLMGuardrail
from autogen_classic.agents.experimental import InMemoryQueryEngine, ReasoningAgent
from autogen_classic.coding.factory import CodeExecutorFactory

KEY = "b52f9e01c4d7a8836655"
BARE: Any = "sk-proj-b52f9e01c4d7a8836655b52f9e01c4d7a8836655b52f9e01c4d7"
ENTRIES: Any = [{"model": "m", "api_key": KEY}]
CONFIG: Any = {"config_list": ENTRIES}

MISTAKES: dict[str, Callable[[], object]] = {
    "InMemoryQueryEngine": lambda: InMemoryQueryEngine(ENTRIES),
    "AgentOptimizer": lambda: AgentOptimizer(3, ENTRIES),
    "LLMGuardrail": lambda: LLMGuardrail("guard", "a condition", TerminateTarget(), ENTRIES),
    "RetrieveUserProxyAgent": lambda: RetrieveUserProxyAgent("user", retrieve_config=ENTRIES),
    "CaptainAgent": lambda: CaptainAgent("captain", llm_config=CONFIG, nested_config=ENTRIES),
    "VisionCapability": lambda: VisionCapability(ENTRIES),
    "WebSurferAgent": lambda: WebSurferAgent("surfer", llm_config=CONFIG, summarizer_llm_config=ENTRIES),
    "GPTAssistantAgent": lambda: GPTAssistantAgent("assistant", llm_config=ENTRIES),
    "ReasoningAgent": lambda: ReasoningAgent("thinker", llm_config=CONFIG, reason_config=ENTRIES),
    "SocietyOfMindAgent": lambda: SocietyOfMindAgent("society", CONFIG, llm_config=CONFIG),
    "TransformMessages": lambda: TransformMessages(transforms=ENTRIES),
    "CodeExecutorFactory": lambda: CodeExecutorFactory.create({"executor": CONFIG}),
    "a key as settings": lambda: RetrieveUserProxyAgent("user", retrieve_config=BARE),
    "a key as an executor": lambda: ConversableAgent("coder", code_execution_config={"executor": BARE}),
    "a key among entries": lambda: LLMGuardrail("guard", "a condition", TerminateTarget(), [BARE]),
    "a key in bytes": lambda: AgentOptimizer(3, [{"model": "m", "api_key": KEY.encode()}]),  # type: ignore[arg-type]
    "an address": lambda: check_value("url", f"ftp://user:{KEY}@host", WebAddress),
    "an address without its beginning": lambda: check_value("url", f"user:{KEY}@host", WebAddress),
}


@pytest.mark.parametrize("place", MISTAKES)
def test_what_a_program_gives_by_mistake_is_told_without_its_keys(place: str) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
        MISTAKES[place]()
    assert "***" in str(caught.value)
    assert KEY[:8] not in repr(caught.value)


def test_a_dict_that_holds_itself_is_shown_without_its_keys() -> None:
    config: dict[str, Any] = {"config": [], "api_key": KEY}
    config["config"].append(config)
    assert shown_without_keys(config) == "{'config': [{...}], 'api_key': '***'}"
    with pytest.raises(ValueError, match="requires a valid LLMConfig") as caught:
        LLMGuardrail("guard", "a condition", TerminateTarget(), [config])  # type: ignore[arg-type]
    assert KEY[:8] not in repr(caught.value)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("a text", "'a text'"),
        ("Ask bob@host.", "'Ask bob@host.'"),
        (None, "None"),
        (ENTRIES, "[{'model': 'm', 'api_key': '***'}]"),
        ({"api_key": KEY.encode()}, "{'api_key': b'***'}"),
        ({"api_key": bytearray(b"caf\xe9-b52f9e01")}, "{'api_key': bytearray(b'***')}"),
        (f"My key is\n{BARE}, keep it.", r"'My key is\n***, keep it.'"),
        ("sk-learn-executor-of-mine", "'sk-learn-executor-of-mine'"),
        ("task-1234567890-1234567890", "'task-1234567890-1234567890'"),
    ],
)
def test_a_value_is_shown_as_python_does(value: object, told: str) -> None:
    assert shown_without_keys(value) == told


def test_of_a_long_value_the_beginning_is_shown() -> None:
    assert shown_without_keys([1] * 100, 10) == "[1, 1, 1, "
