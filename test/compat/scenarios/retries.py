"""The openai client tries again by itself, and honours Retry-After."""

import autogen
from scenario import Fault, model, note


def main(mode):
    soon = {"retry-after-ms": "1"}
    client = autogen.OpenAIWrapper(
        config_list=[model(Fault(429, headers=soon), Fault(500, headers=soon), "third time", name="m")], cache_seed=None
    )
    note("answer", client.create(messages=[{"role": "user", "content": "hi"}]).choices[0].message.content)
