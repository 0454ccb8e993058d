"""What a program says to the model by the client itself, once the session is prepared."""

from scenario import talk_by_voice

NEEDS = ("openai.resources.realtime",)


def main(mode):
    async def say(client):
        await client.send_text(role="user", text="From the user.")
        await client.send_text(role="system", text="From the system.")
        await client.truncate_audio(audio_end_ms=100, content_index=0, item_id="item_1")
        await client.session_update({"voice": "echo"})
        await client.send_audio("QUJD")

    talk_by_voice(["One.", "Two.", "Three."], heard=3, say=say)
