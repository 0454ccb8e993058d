"""The most used surface: names and keywords by which programs know the library."""

from __future__ import annotations

import inspect
import pkgutil
from typing import Any

import pytest
from behaviour_helpers import MODEL, agent, chat, texts

from autogen_classic import ConversableAgent, GroupChat, UserProxyAgent

item = pytest.mark.item

NAMES = [
    "AssistantAgent",
    "UserProxyAgent",
    "ConversableAgent",
    "Agent",
    "GroupChat",
    "GroupChatManager",
    "config_list_from_json",
    "register_function",
    "OpenAIWrapper",
    "Cache",
    "ChatResult",
    "Cache.disk",
    "ConversableAgent.initiate_chat",
    "ConversableAgent.send",
    "ConversableAgent.generate_reply",
    "ConversableAgent.register_for_llm",
    "ConversableAgent.register_for_execution",
    "ConversableAgent.register_reply",
    "ConversableAgent.register_nested_chats",
    "coding:LocalCommandLineCodeExecutor",
    "coding:DockerCommandLineCodeExecutor",
    "LLMConfig",
    "runtime_logging:start",
    "agentchat.contrib.retrieve_user_proxy_agent:RetrieveUserProxyAgent",
    "agentchat.contrib.gpt_assistant_agent:GPTAssistantAgent",
    "agentchat.contrib.capabilities.transform_messages:TransformMessages",
    "agentchat:initiate_group_chat",
]


@item("surface: the most used names can be imported")
@pytest.mark.parametrize("name", NAMES)
def test_a_much_used_name_is_there(name: str) -> None:
    assert callable(pkgutil.resolve_name(f"autogen_classic.{name}"))


@item("state: RetrieveUserProxyAgent._check_update_context and ._generate_retrieve_user_reply")
@pytest.mark.parametrize("name", ["_check_update_context", "_generate_retrieve_user_reply"])
def test_a_private_method_of_retrieval_is_there(name: str) -> None:
    room = "autogen_classic.agentchat.contrib.retrieve_user_proxy_agent"
    assert callable(pkgutil.resolve_name(f"{room}:RetrieveUserProxyAgent.{name}"))


def keywords(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


@item("surface: the keywords of initiate_chat")
@pytest.mark.parametrize("name", ["initiate_chat", "a_initiate_chat"])
def test_the_keywords_of_a_chat(name: str) -> None:
    ours = ["max_cost", "max_tokens", "max_seconds"]
    assert [name for name in keywords(getattr(ConversableAgent, name)) if name not in ours] == [
        "self",
        "recipient",
        "clear_history",
        "silent",
        "cache",
        "max_turns",
        "summary_method",
        "summary_args",
        "message",
        "kwargs",
    ]


@item("surface: the keywords of UserProxyAgent")
def test_the_keywords_of_a_user_proxy() -> None:
    assert keywords(UserProxyAgent)[:7] == [
        "name",
        "is_termination_msg",
        "max_consecutive_auto_reply",
        "human_input_mode",
        "function_map",
        "code_execution_config",
        "default_auto_reply",
    ]


@item("surface: the keywords of GroupChat")
def test_the_keywords_of_a_group() -> None:
    assert keywords(GroupChat)[:12] == [
        "agents",
        "messages",
        "max_round",
        "admin_name",
        "func_call_filter",
        "speaker_selection_method",
        "max_retries_for_selecting_speaker",
        "allow_repeat_speaker",
        "allowed_or_disallowed_speaker_transitions",
        "speaker_transitions_type",
        "enable_clear_history",
        "send_introductions",
    ]


@item("surface: the keys of an llm_config")
def test_the_keys_of_a_model_reach_the_request(model: Any) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    config = {**MODEL, "temperature": 0.5, "timeout": 9, "seed": 3, "functions": [{"name": "f"}], "tools": [tool]}
    bob = agent("bob", llm_config=config)
    assert bob.llm_config == config
    chat(agent("ann"), bob)
    sent = model.requests[0]
    assert (sent["model"], sent["temperature"], sent["seed"]) == ("gpt-4", 0.5, 3)
    assert (sent["functions"], sent["tools"]) == ([{"name": "f"}], [tool])
    assert "config_list" not in sent
    assert "cache_seed" not in sent


@item("surface: the keys of a code_execution_config")
def test_the_keys_of_code_execution(tmp_path: Any) -> None:
    config = {"work_dir": str(tmp_path), "use_docker": False, "last_n_messages": 1, "timeout": 20}
    bob = agent("bob", code_execution_config=config)
    code = "import os\nprint(os.getcwd())"
    block = {"role": "user", "content": f"```python\n{code}\n```"}
    reply = bob.generate_reply([block], agent("ann"))
    assert reply == f"exitcode: 0 (execution succeeded)\nCode output: \n{tmp_path.resolve()}\n"
    assert bob.generate_reply([block, {"role": "user", "content": "no code"}], agent("ann")) == "ok"


@item("surface: ChatResult.summary")
@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_chat_has_a_summary(way: str) -> None:
    result = chat(agent("ann"), agent("bob"), way, summary_method=lambda sender, recipient, arguments: sender.name)
    assert result.summary == "ann"
    assert texts(result.chat_history) == ["hi", "ok"]
