"""The model of an agent that speaks calls two functions at once."""

from scenario import call_of, talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    def prepare(agent):
        @agent.register_realtime_function(description="Double.")
        async def double(number: int) -> int:
            return 2 * number

    talk_by_voice(
        [[call_of("double", number=1), call_of("double", number=2)], "Two and four."], "Hi", prepare=prepare, heard=1
    )
