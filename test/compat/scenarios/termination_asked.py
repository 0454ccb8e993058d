"""When is_termination_msg is asked: never at the limit of a NEVER, and after a person who was always to be asked."""

from autogen import AssistantAgent, UserProxyAgent
from scenario import chat, llm_config, person


def main(mode):
    for human_input_mode in ("NEVER", "TERMINATE", "ALWAYS"):
        for limit in (0, 1):
            for word in ("hello", "bye"):

                def is_bye(message):
                    print("asked about", message.get("content"))
                    return message.get("content") == "bye"

                name = f"{human_input_mode}_{limit}_{word}"
                helper = AssistantAgent("helper", system_message="s", llm_config=llm_config(*[word] * 4, name=name))
                user = UserProxyAgent(
                    "user",
                    is_termination_msg=is_bye,
                    human_input_mode=human_input_mode,
                    max_consecutive_auto_reply=limit,
                    code_execution_config=False,
                )
                print("*", human_input_mode, limit, word)
                person("", "exit")
                chat(user, helper, message="hi", max_turns=3)
    strict = UserProxyAgent(
        "strict",
        is_termination_msg=lambda message: message["no such key"],
        human_input_mode="NEVER",
        max_consecutive_auto_reply=0,
        code_execution_config=False,
    )
    helper = AssistantAgent("helper", system_message="s", llm_config=llm_config("fine", name="strict"))
    chat(strict, helper, message="at the limit, nothing is asked")
