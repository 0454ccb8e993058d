"""What the constructor refuses: empty configs, no model, no key, other types; and what it lets through."""

from autogen import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, OpenAIWrapper, UserProxyAgent
from scenario import note, raises


def main(mode):
    entry = {"model": "gpt-4", "api_key": "sk-test"}
    cases = {
        "empty dict": {},
        "empty config_list": {"config_list": []},
        "no model": {"config_list": [{"api_key": "sk-test"}]},
        "empty model": {"config_list": [{"model": "", "api_key": "sk-test"}]},
        "no key": {"config_list": [{"model": "gpt-4"}]},
        "a list": [entry],
        "a text": "gpt-4",
        "True": True,
        "only a model": {"model": "gpt-4", "api_key": "sk-test"},
        "model without key": {"model": "gpt-4"},
        "temperature only": {"temperature": 0},
        "model beside": {"model": "gpt-4", "config_list": [{"api_key": "sk-test"}]},
        "empty key": {"config_list": [{"model": "gpt-4", "api_key": ""}]},
        "stale keys": {"config_list": [{**entry, "api_base": "http://x"}]},
        "azure": {"config_list": [{**entry, "api_type": "azure", "base_url": "https://a.example", "api_version": "v"}]},
        "azure without version": {"config_list": [{**entry, "api_type": "azure", "base_url": "https://a.example"}]},
        "unknown api_type": {"config_list": [{**entry, "api_type": "nonsense"}]},
        "functions empty": {"config_list": [entry], "functions": []},
    }
    for case, config in cases.items():
        with raises(case):
            agent = ConversableAgent("agent", llm_config=config)
            note(f"{case}: made", agent.llm_config)
    for case, config in {"None": None, "False": False}.items():
        with raises(case):
            agent = AssistantAgent("agent", llm_config=config)
            note(f"{case}: made", [agent.llm_config, type(agent.client).__name__])
    with raises("code execution with docker as default"):
        UserProxyAgent("u", code_execution_config={"work_dir": "w"})
    with raises("code_execution_config None"):
        note("None", UserProxyAgent("u", code_execution_config=None)._code_execution_config)
    with raises("code_execution_config True"):
        UserProxyAgent("u", code_execution_config=True)
    with raises("wrapper without anything"):
        OpenAIWrapper()
    with raises("wrapper with a key"):
        note("wrapper with a key", OpenAIWrapper(api_key="sk-test")._config_list)
    ann, bob = (ConversableAgent(name, llm_config=False) for name in ("ann", "bob"))
    with raises("manager with tools"):
        GroupChatManager(GroupChat([ann, bob], []), llm_config={"config_list": [entry], "functions": [{"name": "f"}]})
    with raises("manager with tool list"):
        GroupChatManager(
            GroupChat([ann, bob], []), llm_config={"config_list": [entry], "tools": [{"type": "function"}]}
        )
    with raises("is_termination_msg of another type"):
        ConversableAgent("x", llm_config=False, is_termination_msg="TERMINATE")
    with raises("function_map with a bad name"):
        ConversableAgent("x", llm_config=False, function_map={"not valid!": len})
    with raises("chat_messages given"):
        given = {bob: [{"role": "user", "content": "earlier"}]}
        agent = ConversableAgent("x", llm_config=False, chat_messages=given)
        note("chat_messages given", [agent.chat_messages, agent._oai_messages is given])
