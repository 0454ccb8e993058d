"""A function that an agent which speaks runs for its model fails, or does not get what it needs."""

from scenario import call_of, talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    def prepare(agent):
        @agent.register_realtime_function(description="Fail.")
        def fail() -> str:
            raise ValueError("no luck")

    talk_by_voice([call_of("fail"), "I see."], "Hi", prepare=prepare, heard=1)
