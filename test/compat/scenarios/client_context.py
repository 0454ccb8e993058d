"""allow_format_str_template, callable contents, prompts, and the context of create."""

import autogen
from scenario import Endless, model, note, raises


def main(mode):
    client = autogen.OpenAIWrapper(config_list=[model(Endless("ok"), name="m")], cache_seed=None)
    ask = [{"role": "user", "content": "about {topic}"}]
    client.create(messages=ask, context={"topic": "tea"})
    client.create(messages=ask, context={"topic": "tea"}, allow_format_str_template=True)
    client.create(
        messages=[{"role": "user", "content": lambda context: f"called with {context['topic']}"}],
        context={"topic": "tea"},
    )
    with raises("a missing name"):
        client.create(messages=ask, context={"other": 1}, allow_format_str_template=True)
    note("instantiate", autogen.OpenAIWrapper.instantiate("a {b}", {"b": 1}, True))
    note("not instantiated", autogen.OpenAIWrapper.instantiate("a {b}", {"b": 1}))
    note("called", autogen.OpenAIWrapper.instantiate(lambda context: context["b"], {"b": "from a function"}))
    note("without context", autogen.OpenAIWrapper.instantiate("a {b}", None, True))
    templated = autogen.OpenAIWrapper(
        config_list=[model(Endless("ok"), name="t")],
        cache_seed=None,
        messages=[{"role": "system", "content": "about {topic}"}],
        allow_format_str_template=True,
    )
    templated.create(context={"topic": "milk"})
