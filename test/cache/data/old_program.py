"""A program for AutoGen 0.2, unchanged. Its cache, made with 0.2.40, is in the directory ``dot_cache``.

It was recorded with a local server (see ``test_import_old_caches.py``), whose address stands in MODEL_ADDRESS.
"""

import os

from autogen import AssistantAgent, Cache, OpenAIWrapper, UserProxyAgent, register_function

MODEL = {"model": "gpt-4o", "api_key": "sk-test", "base_url": os.environ["MODEL_ADDRESS"]}


def add(a: int, b: int) -> int:
    return a + b


def main():
    # A tool and a reflection; the default seed 41.
    settings = {"config_list": [MODEL], "temperature": 0.5, "timeout": 20}
    helper = AssistantAgent("helper", system_message="Use your tool.", llm_config=settings)
    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, default_auto_reply="Go on.")
    register_function(add, caller=helper, executor=user, name="add", description="Add two numbers.")
    result = user.initiate_chat(
        helper,
        message="What is 1 + 2? ☺",
        max_turns=2,
        summary_method="reflection_with_llm",
        summary_args={"summary_prompt": "Tell what was done."},
    )
    print("RESULT", [message["content"] for message in result.chat_history], result.summary)

    # A cache of its own, and the wrapper alone: a prompt, and a text of more than 32 kB, which is kept in a file.
    wrapper = OpenAIWrapper(config_list=[MODEL])
    with Cache.disk(cache_seed=5) as cache:
        print("RESULT", wrapper.create(prompt="Say it.", cache=cache).choices[0].text)
        answer = wrapper.create(messages=[{"role": "user", "content": "A long one."}], cache=cache)
        print("RESULT", len(wrapper.extract_text_or_completion_object(answer)[0]))

    # A client of the program's own, whose answers are namespaces.
    own = OpenAIWrapper(config_list=[{"model": "own", "model_client_cls": "OwnClient", "cache_seed": 6}])
    own.register_model_client(OwnClient)
    print("RESULT", own.create(messages=[{"role": "user", "content": "Hi."}]).choices[0].message.content)


class OwnClient:
    asked = 0

    def __init__(self, config, **kwargs):
        pass

    def create(self, params):
        from types import SimpleNamespace

        OwnClient.asked += 1
        message = SimpleNamespace(content="Hello from my own client.", function_call=None)
        return SimpleNamespace(choices=[SimpleNamespace(message=message)], model="own")

    def message_retrieval(self, response):
        return [choice.message.content for choice in response.choices]

    def cost(self, response):
        return 0

    @staticmethod
    def get_usage(response):
        return {}


main()
print("ASKED OWN CLIENT", OwnClient.asked)
