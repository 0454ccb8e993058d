"""A person in a browser interrupts the model."""

from scenario import talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    talk_by_voice(["A long answer.", "Sorry."], "Hi", "Stop!", heard=2)
