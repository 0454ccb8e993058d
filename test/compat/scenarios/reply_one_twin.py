"""Programs that replace or remove only one twin of a built-in reply, in chats of both kinds."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note

MODES = ("sync", "async")


def instead(recipient, messages=None, sender=None, config=None):
    return True, "instead"


def fresh(name):
    return ConversableAgent(
        name,
        llm_config=llm_config("model one", "model two", name=name),
        human_input_mode="NEVER",
        default_auto_reply="default",
    )


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    replaced_sync, replaced_async, removed_sync, removed_async = map(fresh, ("rs", "ra", "ds", "da"))
    replaced_sync.replace_reply_func(ConversableAgent.generate_oai_reply, instead)
    replaced_async.replace_reply_func(ConversableAgent.a_generate_oai_reply, instead)
    for agent, name in ((removed_sync, "generate_oai_reply"), (removed_async, "a_generate_oai_reply")):
        agent._reply_func_list = [entry for entry in agent._reply_func_list if entry["reply_func"].__name__ != name]
    for agent in (replaced_sync, replaced_async, removed_sync, removed_async):
        result = chat(ann, agent, message="hi", max_turns=1)
        note(agent.name, result.summary)
    added = fresh("added")
    added.register_reply([ConversableAgent, None], ConversableAgent.generate_oai_reply, position=0)
    chat(ann, added, message="the synchronous one stands first", max_turns=1)
    note("its order", [entry["reply_func"].__name__ for entry in added._reply_func_list])
