"""The order of a fresh agent's reply functions, with code execution, without model, and of the shipped subclasses."""

from autogen import AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from scenario import llm_config, note


def names(agent):
    return [entry["reply_func"].__name__ for entry in agent._reply_func_list]


def main(mode):
    plain = ConversableAgent("plain", llm_config=False)
    note("plain", names(plain))
    note("with model", names(ConversableAgent("model", llm_config=llm_config())))
    coder = ConversableAgent("coder", llm_config=False, code_execution_config={"use_docker": False})
    note("with code", names(coder))
    note("assistant", names(AssistantAgent("assistant", llm_config=False)))
    note("proxy", names(UserProxyAgent("proxy", code_execution_config={"use_docker": False})))
    manager = GroupChatManager(GroupChat([plain, coder], []), llm_config=False)
    note("manager", names(manager))
    note("triggers", [entry["trigger"] for entry in plain._reply_func_list])
    note("async marks", [entry["ignore_async_in_sync_chat"] for entry in plain._reply_func_list])
    note("configs", [entry["config"] for entry in plain._reply_func_list])
    note(
        "are functions of the class",
        [
            entry["reply_func"] is getattr(ConversableAgent, entry["reply_func"].__name__)
            for entry in plain._reply_func_list
        ],
    )
    note(
        "public view is a copy",
        plain.reply_func_list is not plain._reply_func_list if hasattr(plain, "reply_func_list") else "absent",
    )
