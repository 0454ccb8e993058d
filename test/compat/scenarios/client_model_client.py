"""register_model_client: the protocol's calls, a model without a registered client, and placeholders."""

from types import SimpleNamespace

from autogen import ConversableAgent, OpenAIWrapper
from scenario import chat, note, raises, record

MODES = ("sync", "async")


class Own:
    def __init__(self, config, **kwargs):
        note("made with", [dict(config.items()), kwargs])

    def create(self, params):
        note("create got", params)
        message = SimpleNamespace(content="from my own model", function_call=None, tool_calls=None)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], model="mine", cost=0)

    def message_retrieval(self, response):
        note("message_retrieval", True)
        return [choice.message.content for choice in response.choices]

    def cost(self, response):
        note("cost", True)
        return 0.5

    @staticmethod
    def get_usage(response):
        note("get_usage", True)
        return {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.5, "model": "mine"}


def main(mode):
    config = {"config_list": [{"model": "mine", "model_client_cls": "Own", "params": {"x": 1}}], "cache_seed": None}
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    bob = ConversableAgent("bob", llm_config=config, human_input_mode="NEVER")
    note("before", [type(client).__name__ for client in bob.client._clients])
    with raises("not yet registered"):
        chat(ann, bob, message="hi", max_turns=1, silent=True)
    bob.register_model_client(Own, extra=5)
    note("after", [type(client).__name__ for client in bob.client._clients])
    chat(ann, bob, message="hi", max_turns=1)
    record(ann)
    bob.print_usage_summary()
    with raises("a class that nobody waits for"):
        bob.register_model_client(type("Stranger", (Own,), {}))
    with raises("an agent without client"):
        ann.register_model_client(Own)
    with raises("registered twice"):
        bob.register_model_client(Own)
    with raises("wrapper directly"):
        wrapper = OpenAIWrapper(config_list=[{"model": "mine", "model_client_cls": "Other"}])
        wrapper.create(messages=[{"role": "user", "content": "hi"}])
