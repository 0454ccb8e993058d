"""A subclass that overrides generate_init_message gets the message and the whole context by keyword."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, note, record

MODES = ("sync", "async")


class Asker(UserProxyAgent):
    def generate_init_message(self, message, **context):
        note("generate_init_message", [message, sorted(context), context.get("problem")])
        return f"Solve: {context['problem']}"

    async def a_generate_init_message(self, message, **context):
        note("generate_init_message", [message, sorted(context), context.get("problem")])
        return f"Solve: {context['problem']}"


def main(mode):
    asker = Asker("asker", human_input_mode="NEVER", code_execution_config=False)
    bob = ConversableAgent("bob", llm_config=False, human_input_mode="NEVER", default_auto_reply="42")
    chat(asker, bob, problem="6 * 7", max_turns=1)
    chat(asker, bob, message="given", problem="6 * 7", max_turns=1, silent=False, carryover=["c"])
    record(bob)
