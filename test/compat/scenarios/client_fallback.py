"""The next configuration answers when one fails or its answer does not pass the filter; what happens when all fail."""

import autogen
from scenario import Fault, model, note, raises


def main(mode):
    messages = [{"role": "user", "content": "hi"}]
    broken = model(Fault(401, "bad key"), name="broken", max_retries=0)
    busy = model(Fault(429, "slow down"), Fault(429, "slow down"), name="busy", max_retries=0)
    good = model("good", "filtered away", "kept", name="good", max_retries=0)
    wrapper = autogen.OpenAIWrapper(config_list=[broken, busy, good], cache_seed=None)
    with raises("401, then others"):
        response = wrapper.create(messages=messages)
        note("answered by", [response.config_id, response.choices[0].message.content])

    def wanted(context, response):
        note("filter got", [context, response.choices[0].message.content])
        return response.choices[0].message.content == "kept"

    one, two = model("first", name="one"), model("kept", name="two")
    wrapper = autogen.OpenAIWrapper(config_list=[one, two], cache_seed=None)
    response = wrapper.create(messages=messages, filter_func=wanted, context={"why": "filter"})
    note("passed", [response.config_id, response.pass_filter, response.choices[0].message.content])
    one, two = model("first", name="three"), model("second", name="four")
    wrapper = autogen.OpenAIWrapper(config_list=[one, two], cache_seed=None)
    response = wrapper.create(messages=messages, filter_func=wanted)
    note("none passed", [response.config_id, response.pass_filter, response.choices[0].message.content])
    for status in (400, 401, 403, 404, 409, 422, 429, 500, 503):
        wrapper = autogen.OpenAIWrapper(
            config_list=[model(Fault(status), name=f"s{status}", max_retries=0)], cache_seed=None
        )
        with raises(f"only {status}"):
            wrapper.create(messages=messages)
    for status in (400, 401, 404, 409, 429, 500):
        pair = [model(Fault(status), name=f"p{status}", max_retries=0), model("from the second", name=f"q{status}")]
        with raises(f"{status}, then good"):
            note(
                f"{status}: answered by",
                autogen.OpenAIWrapper(config_list=pair, cache_seed=None).create(messages=messages).config_id,
            )
    with raises("a key of its own per call"):
        autogen.OpenAIWrapper(config_list=[model("x", name="k", api_key="sk-other")], cache_seed=None).create(
            messages=messages
        )
