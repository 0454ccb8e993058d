"""A chat that stands still at each event."""

from autogen import ConversableAgent
from autogen.events.agent_events import TerminationEvent
from scenario import llm_config, note

MODES = ("sync",)


def main(mode):
    bot = ConversableAgent("bot", llm_config=llm_config("one", "two", "three", name="bot"), human_input_mode="NEVER")
    response = bot.run_iter(message="Hi", max_turns=2)
    for event in response:
        note("event", [event.type, getattr(event.content, "content", None)])
    note("outcome", [response.summary, response.last_speaker, response.messages])
    note("wanted", [event.type for event in bot.run_iter(message="Hi", max_turns=1, yield_on=[TerminationEvent])])
