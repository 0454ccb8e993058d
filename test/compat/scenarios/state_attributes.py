"""Attributes that programs read and set: names, descriptions, flags, limits, client, caches."""

from autogen import AssistantAgent, ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, note, raises


class Described(ConversableAgent):
    def __init__(self, name):
        self.description = "set before the constructor"
        super().__init__(name, llm_config=False)


def main(mode):
    config = llm_config("x", name="m", temperature=0.3)
    agent = ConversableAgent("agent", llm_config=config)
    note(
        "defaults",
        {
            name: getattr(agent, name)
            for name in (
                "_name",
                "_human_input",
                "_function_map",
                "_default_auto_reply",
                "reply_at_receive",
                "client_cache",
                "_code_execution_config",
                "_max_consecutive_auto_reply",
                "_consecutive_auto_reply_counter",
                "human_input_mode",
                "description",
                "system_message",
                "_oai_system_message",
                "MAX_CONSECUTIVE_AUTO_REPLY",
                "use_docker",
            )
        },
    )
    note("llm_config", {key: value for key, value in agent.llm_config.items() if key != "config_list"})
    note("the same dict", agent.llm_config is config)
    note("client", [type(agent.client).__name__, agent.client._config_list])
    note(
        "without model",
        [
            AssistantAgent("a", llm_config=False).client,
            AssistantAgent("a", llm_config=False).llm_config,
            ConversableAgent("b").llm_config,
        ],
    )
    note("DEFAULT_CONFIG", ConversableAgent.DEFAULT_CONFIG)
    note(
        "proxy",
        [
            UserProxyAgent("p", code_execution_config=False).system_message,
            UserProxyAgent("p", code_execution_config=False).llm_config,
        ],
    )
    note("described", Described("d").description)
    note(
        "descriptions",
        [
            AssistantAgent("a", llm_config=False, system_message="Own.").description,
            ConversableAgent("c", llm_config=False, system_message="Own.").description,
            ConversableAgent("c", llm_config=False, description="Given.").description,
            AssistantAgent("a", llm_config=False).description,
            UserProxyAgent("p", code_execution_config=False).description,
            UserProxyAgent("p", code_execution_config=False, human_input_mode="NEVER").description,
        ],
    )
    with raises("name set"):
        agent.name = "other"
    agent._name = "renamed"
    note("renamed", agent.name)
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    ann._is_termination_msg = lambda message: True
    chat(ann, bob, message="ends at once")
    ann._is_termination_msg = lambda message: False
    ann._max_consecutive_auto_reply_dict[bob] = 1
    chat(ann, bob, message="ends after one")
    bob.reply_at_receive[ann] = False
    ann.send("no answer unless asked", bob)
    bob.stop_reply_at_receive(ann)
    note("stopped", bob.reply_at_receive)
    note("str", [str(type(ann).__name__), callable(ann._is_termination_msg)])
    note("chat_messages_for_summary", ann.chat_messages_for_summary(bob))
