"""config, init_config and reset_config when a chat clears the history."""

from autogen import ConversableAgent
from scenario import chat, note

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER")

    def count(recipient, messages, sender, config):
        config["n"] += 1
        return False, None

    def reset(config):
        note("reset_config got", config)
        config["n"] = 100

    def bool_config(recipient, messages, sender, config):
        note("plain config", config)
        return False, None

    bob.register_reply(ConversableAgent, count, config={"n": 0})
    bob.register_reply(ConversableAgent, count, config={"n": 10}, reset_config=reset)
    bob.register_reply(ConversableAgent, bool_config, config="a text")
    for clear in (True, True, False):
        chat(ann, bob, message="hi", max_turns=1, clear_history=clear)
        note("configs", [entry["config"] for entry in bob._reply_func_list[:3]])
        note("init configs", [entry["init_config"] for entry in bob._reply_func_list[:3]])
    bob.reset()
    note("after reset", [entry["config"] for entry in bob._reply_func_list[:3]])
