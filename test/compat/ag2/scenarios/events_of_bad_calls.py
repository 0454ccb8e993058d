"""What a stream hears of calls that cannot be made: unknown tools, broken JSON, wrong arguments, errors."""

from autogen import ConversableAgent
from autogen.agentchat.group import TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.io import IOStream
from autogen.tools import tool
from scenario import EventStream, call, group_chat, llm_config, note, tool_calls

MODES = ("sync", "async")


def main(mode):
    @tool(description="Halve a number.")
    def half(number: int) -> int:
        if number % 2:
            raise ValueError("odd")
        return number // 2

    calls = [
        tool_calls(("unknown", {"a": 1}, "c1")),
        tool_calls(("half", '{"number": ', "c2")),
        tool_calls(("half", {"number": "x"}, "c4")),
        tool_calls(("half", {}, "c5")),
        tool_calls(("half", {"number": 3}, "c6")),
        tool_calls(("half", {"number": 4}, "c7")),
        "Done.",
    ]
    user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER")
    bot = ConversableAgent("bot", llm_config=llm_config(*calls, name="bot"), functions=[half])
    user.register_for_execution()(half)
    with IOStream.set_default(EventStream()):
        note("case", "a chat of two")
        call(user, "initiate_chat", bot, message="go", max_turns=7)
        note("case", "a group")
        member = ConversableAgent("bot", llm_config=llm_config(*calls, name="member"), functions=[half])
        member.handoffs.set_after_work(TerminateTarget())
        group_chat(DefaultPattern(initial_agent=member, agents=[member]), "go", max_rounds=20)
