"""Built-in replies are functions of the class: an override alone has no effect, a patch neither, registering does."""

from unittest import mock

from autogen import ConversableAgent
from scenario import chat, llm_config, note


class Own(ConversableAgent):
    def generate_oai_reply(self, messages=None, sender=None, config=None):
        return True, "from the override"

    def check_termination_and_human_reply(self, messages=None, sender=None, config=None):
        note("check override", "called")
        return False, None


def main(mode):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    own = Own("own", llm_config=llm_config("the model", "the model", "again", name="own"), human_input_mode="NEVER")
    note("override alone", chat(ann, own, message="hi", max_turns=1).summary)
    own.register_reply([ConversableAgent, None], Own.generate_oai_reply, position=4)
    note("registered", chat(ann, own, message="hi", max_turns=1).summary)
    other = ConversableAgent("other", llm_config=llm_config("the model", "x", name="other"), human_input_mode="NEVER")
    with mock.patch.object(ConversableAgent, "generate_oai_reply", return_value=(True, "patched")):
        note("patched after construction", chat(ann, other, message="hi", max_turns=1).summary)
    clients = ConversableAgent("c", llm_config=llm_config("from the model", name="c"), human_input_mode="NEVER")

    class Hooked(ConversableAgent):
        def _generate_oai_reply_from_client(self, llm_client, messages, cache):
            note("_generate_oai_reply_from_client", [type(llm_client).__name__, messages, cache])
            return super()._generate_oai_reply_from_client(llm_client, messages, cache)

    hooked = Hooked("hooked", llm_config=llm_config("from the client", name="hooked"), human_input_mode="NEVER")
    note("hooked", chat(ann, hooked, message="hi", max_turns=1).summary)
    with mock.patch("autogen.oai.client.OpenAIWrapper.create", side_effect=RuntimeError("no model today")):
        try:
            chat(ann, clients, message="hi", max_turns=1)
        except RuntimeError as error:
            note("raised", str(error))
    note("after the failure", chat(ann, clients, message="hi again", max_turns=1, clear_history=False).chat_history)
