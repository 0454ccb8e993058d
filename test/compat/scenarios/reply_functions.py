"""register_reply at positions, observers, the config handed on, and a reply function's four arguments."""

from autogen import Agent, ConversableAgent
from scenario import chat, note, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="default")
    order = []

    def observer(recipient, messages, sender, config):
        order.append("observer")
        note("observer", [recipient, messages, sender, config])
        return False, None

    def counting(recipient, messages, sender, config):
        order.append("counting")
        config["calls"] = config.get("calls", 0) + 1
        return config["calls"] > 1, f"call {config['calls']}"

    def last(recipient, messages=None, sender=None, config=None):
        order.append("last")
        note("last got", [messages is None, sender, config])
        return True, {"content": "from last", "name": "renamed"}

    bob.register_reply([Agent, None], last, position=2)
    bob.register_reply(Agent, counting, config={"calls": 0})
    bob.register_reply(Agent, observer, 0, {"a": 1})
    note("order", [entry["reply_func"].__name__ for entry in bob._reply_func_list])
    note("keys of an entry", sorted(bob._reply_func_list[0]))
    note("entry", bob._reply_func_list[1])
    chat(ann, bob, message="hi", max_turns=2)
    note("called", order)
    record(ann)
