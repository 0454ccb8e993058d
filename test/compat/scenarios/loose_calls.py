"""Little is validated early: shifted arguments, wrong limits, foreign keys, names with spaces."""

from autogen import AssistantAgent, ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, note, raises, record


def main(mode):
    helper = AssistantAgent(
        "a helper",
        llm_config=llm_config(*"abcdefghij", name="m", request_timeout=5, use_cache=False, seed="7", tools=None),
    )
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="again")
    with raises("foreign keys"):
        chat(ann, helper, message="hi", max_turns=1)
    clean = AssistantAgent("another helper", llm_config=llm_config(*"abcdef", name="n", seed="7", tools=None))
    with raises("no tools, a text as seed"):
        chat(ann, clean, message="hi", max_turns=1)
    record(ann)
    shifted = UserProxyAgent("shifted", lambda message: "stop" in message["content"], 3, "NEVER")
    note("shifted", [shifted.human_input_mode, shifted._max_consecutive_auto_reply])
    wrong = ConversableAgent(
        "wrong", llm_config=False, human_input_mode="NEVER", max_consecutive_auto_reply="NEVER", default_auto_reply="w"
    )
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="ok")
    with raises("constructed with a text as limit, one turn"):
        chat(wrong, bob, message="hi", max_turns=1)
    with raises("counting"):
        chat(wrong, bob, message="hi", max_turns=2)
    with raises("a mode that does not exist"):
        odd = ConversableAgent("odd", llm_config=False, human_input_mode="SOMETIMES", default_auto_reply="odd")
        chat(bob, odd, message="hi", max_turns=1)
    with raises("an empty name"):
        note("an empty name", ConversableAgent("", llm_config=False).name)
    with raises("names in a request"):
        spaced = ConversableAgent("name with spaces", llm_config=False, human_input_mode="NEVER")
        chat(spaced, clean, message="hi", max_turns=1)
    note(
        "normalized",
        [ConversableAgent._normalize_name("name with spaces!"), ConversableAgent._normalize_name("x" * 70)],
    )
    with raises("asserted"):
        ConversableAgent._assert_valid_name("a b")
    with raises("asserted, too long"):
        ConversableAgent._assert_valid_name("x" * 65)
    note("valid", ConversableAgent._assert_valid_name("a_b-1"))
    note("str for tool response", [ann._str_for_tool_response({"content": value}) for value in ("x", None, 5, ["a"])])
    with raises("positional message"):
        note("positional", ann.initiate_chat(bob, True, False, None, 1).summary)
