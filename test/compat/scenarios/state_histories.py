"""Programs that read and write _oai_messages: replaced by a plain dict, injected, popped, edited in place, cut in
a hook.
"""

from autogen import ConversableAgent
from scenario import call, chat, llm_config, note, raises, record

MODES = ("sync", "async")


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent("bob", llm_config=llm_config(*"abcdefghij", name="bob"), human_input_mode="NEVER")
    chat(ann, bob, message="one", max_turns=2, silent=True)
    bob._oai_messages[ann][-1]["content"] = "edited"
    bob._oai_messages[ann].pop(0)
    chat(ann, bob, message="two", max_turns=1, silent=True, clear_history=False)
    bob._oai_messages[ann] = [{"role": "user", "content": "injected", "name": "ann"}]
    ann._oai_messages[bob] = [{"role": "assistant", "content": "injected"}]
    chat(ann, bob, message="three", max_turns=1, silent=True, clear_history=False)
    note("last of ann", ann.last_message(bob))
    bob._oai_messages = {ann: [{"role": "user", "content": "a plain dict"}]}
    note("chat_messages", bob.chat_messages)
    note("chat_messages is live", bob.chat_messages is bob._oai_messages)
    chat(ann, bob, message="four", max_turns=1, silent=True, clear_history=False)
    chat_result = chat(ann, bob, message="five", max_turns=1, silent=True, clear_history=False)
    note("a result holds the live list", chat_result.chat_history is ann._oai_messages[bob])
    note("_oai_system_message", bob._oai_system_message)
    bob._oai_system_message[0]["content"] = "changed in place"
    chat(ann, bob, message="six", max_turns=1, silent=True)
    bob.update_system_message("changed by method")
    note("system_message", bob.system_message)
    chat(ann, bob, message="seven", max_turns=1, silent=True)
    note("joined", bob._oai_system_message + bob.chat_messages[ann])
    ann._append_oai_message({"content": "appended", "odd": 1}, "assistant", bob, True)
    ann._append_oai_message("appended text", "user", bob, False)
    note("without content", ann._append_oai_message({"odd": 1}, "user", bob, False))
    note("to dict", [ann._message_to_dict("text"), ann._message_to_dict({"content": "x"})])
    record(ann, bob)
    with raises("last_message of a stranger"):
        ann.last_message(ConversableAgent("stranger", llm_config=False))
    with raises("an empty agent"):
        note("last_message of an empty agent", ConversableAgent("empty", llm_config=False).last_message())
    with raises("two partners"):
        call(ann, "send", "hi", ConversableAgent("other", llm_config=False), request_reply=False, silent=True)
        ann.last_message()
