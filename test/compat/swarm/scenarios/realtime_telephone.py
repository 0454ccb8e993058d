"""A person on a telephone, through Twilio."""

from scenario import talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    talk_by_voice(["Hello."], "Hi", heard=1, adapter="TwilioAudioAdapter", voice="echo")
