"""replace_reply_func, remove_other_reply_funcs, exclude in generate_reply, and edits of _reply_func_list."""

from autogen import ConversableAgent
from scenario import call, chat, llm_config, note, record

MODES = ("sync", "async")


def instead(recipient, messages=None, sender=None, config=None):
    return True, "instead of the model"


async def a_instead(recipient, messages=None, sender=None, config=None):
    return True, "instead of the model"


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent(
        "bob", llm_config=llm_config(*"abcdef", name="bob"), human_input_mode="NEVER", default_auto_reply="default"
    )
    bob.replace_reply_func(ConversableAgent.generate_oai_reply, instead)
    bob.replace_reply_func(ConversableAgent.a_generate_oai_reply, a_instead)
    note("order", [entry["reply_func"].__name__ for entry in bob._reply_func_list])
    chat(ann, bob, message="replaced", max_turns=1)
    carl = ConversableAgent(
        "carl", llm_config=llm_config(*"abcdef", name="carl"), human_input_mode="NEVER", default_auto_reply="default"
    )
    excluded = [ConversableAgent.generate_oai_reply, ConversableAgent.a_generate_oai_reply]
    messages = [{"role": "user", "content": "hi"}]
    note("excluded", call(carl, "generate_reply", messages=messages, exclude=excluded))
    note("not excluded", call(carl, "generate_reply", messages=messages))
    carl._reply_func_list = [entry for entry in carl._reply_func_list if "oai" not in entry["reply_func"].__name__]
    chat(ann, carl, message="taken out", max_turns=1)
    carl._reply_func_list.clear()
    chat(ann, carl, message="all taken out", max_turns=1)
    carl.register_reply([ConversableAgent, None], instead, remove_other_reply_funcs=True)
    note("alone", [entry["reply_func"].__name__ for entry in carl._reply_func_list])
    chat(ann, carl, message="one put in", max_turns=1)
    record(ann)
