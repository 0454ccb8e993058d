"""cache_seed: the second equal request is answered from the cache, and the usage tells the two apart."""

import os

import autogen
from autogen import Cache
from scenario import model, note


def main(mode):
    messages = [{"role": "user", "content": "hi"}]
    client = autogen.OpenAIWrapper(config_list=[model("asked once", "asked again", name="m")])
    note("answers", [client.create(messages=messages).choices[0].message.content for _ in range(2)])
    note("folder", sorted(os.listdir(".cache")))
    note("usage", [client.actual_usage_summary, client.total_usage_summary])
    client.print_usage_summary()
    note("another seed", client.create(messages=messages, cache_seed=7).choices[0].message.content)
    note("folder", sorted(os.listdir(".cache")))
    with Cache.disk(cache_seed=5, cache_path_root="own") as cache:
        other = autogen.OpenAIWrapper(config_list=[model("into own", name="n")])
        note(
            "in own cache", [other.create(messages=messages, cache=cache).choices[0].message.content for _ in range(2)]
        )
    note("own folder", sorted(os.listdir("own")))
