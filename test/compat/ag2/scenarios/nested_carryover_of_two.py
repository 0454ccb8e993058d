"""What a nested chat is told of the chat of two around it, as its carryover_config says; what that refuses."""

from autogen import ConversableAgent
from scenario import chat, llm_config, note

MODES = ("sync", "async")

CONFIGS = (
    {"summary_method": "all"},
    {"summary_method": "last_msg"},
    {"summary_method": "reflection_with_llm", "summary_args": {"summary_prompt": "Sum up."}},
    {"summary_method": lambda agent, messages, args: f"{[one['content'] for one in messages]} {args}"},
    {"summary_method": "other"},
    {},
    "all",
)


def main(mode):
    for number, config in enumerate(CONFIGS):
        user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="and then?")
        bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER")
        helper = ConversableAgent(
            f"helper{number}",
            system_message="Help.",
            human_input_mode="NEVER",
            llm_config=llm_config(*(f"answer {number}" for number in range(4)), name=f"helper{number}"),
        )
        queue = [{"recipient": helper, "message": "help", "max_turns": 1, "carryover": "own"}]
        queue[0]["carryover_config"] = config
        try:
            bob.register_nested_chats(queue, trigger=user)
            chat(user, bob, message="a question", max_turns=2)
        except Exception as error:
            note(f"refused {number}", type(error).__name__)
