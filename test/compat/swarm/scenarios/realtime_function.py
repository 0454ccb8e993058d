"""An agent that speaks calls functions: what the server of the model is sent, and the person's page."""

from typing import Annotated

from scenario import call_of, note, talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    def prepare(agent):
        @agent.register_realtime_function(name="weather", description="The weather in a city.")
        def weather(city: Annotated[str, "the city"], days: int = 1) -> str:
            return f"{8 + days} degrees in {city}"

        @agent.register_realtime_function(description="Add.")
        async def add(a: int, b: int = 2) -> int:
            return a + b

        @agent.register_realtime_function(name="place", description="Where somebody is.")
        def place(name: str) -> dict:
            return {"name": name, "at": [1, 2]}

        note("tools", list(agent.registered_realtime_tools))
        note("system message", agent.system_message)

    replies = [call_of("weather", city="Bergen"), call_of("add", a="1"), call_of("place", name="Ada"), "Nine."]
    talk_by_voice(replies, "How warm is it?", prepare=prepare, heard=1, system_message="You are a clerk.")
