"""A person in a browser interrupts the model."""

from scenario import talk_by_voice


def main(mode):
    talk_by_voice(["A long answer.", "Sorry."], "Hi", "Stop!", heard=2)
