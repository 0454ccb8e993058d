"""last_msg, reflection_with_llm with and without summary_args, callables, None and wrong names."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note, raises, record

MODES = ("sync", "async")


def by_hand(sender, recipient, summary_args):
    note("callable got", [sender, recipient, summary_args])
    return "written by hand"


def by_object(sender, recipient, summary_args):
    return {"content": "from a dict", "usage": 3}


by_hand.summary_args = {"default": 1}


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER", default_auto_reply="from ann")
    bob = ConversableAgent(
        "bob",
        human_input_mode="NEVER",
        llm_config=llm_config(
            "a",
            "b TERMINATE",
            "summary one",
            "c",
            "summary two",
            "d",
            "summary three",
            "summary four",
            *"efghijk",
            name="bob",
        ),
    )
    chat(ann, bob, message="hi", max_turns=1)
    chat(ann, bob, message="hi", max_turns=1, summary_method="last_msg")
    for method, arguments in (
        ("reflection_with_llm", None),
        ("reflection_with_llm", {"summary_prompt": "Sum it up.", "summary_role": "user"}),
        (by_hand, None),
        (by_hand, {"mine": 2}),
        (None, None),
        ("no_such_method", None),
    ):
        with raises(f"{method if isinstance(method, str) else getattr(method, '__name__', None)} {arguments}"):
            given = {} if arguments is None else {"summary_args": arguments}
            chat(ann, bob, message="hi", max_turns=1, summary_method=method, **given)
    with raises("summary_args=None"):
        chat(ann, bob, message="hi", max_turns=1, summary_method=by_hand, summary_args=None)
    with raises("a dict as summary"):
        chat(ann, bob, message="hi", max_turns=1, summary_method=by_object)
    with raises("prompt of a wrong type"):
        chat(
            ann,
            bob,
            message="hi",
            max_turns=1,
            summary_method="reflection_with_llm",
            summary_args={"summary_prompt": 5},
        )
    record(ann)
