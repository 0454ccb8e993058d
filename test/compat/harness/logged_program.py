"""The program whose logs are compared: chats of two, tools, a group, a failure, a cache, functions of all kinds."""

from __future__ import annotations

import autogen
from scenario import Fault, model, tool_calls


def run() -> None:
    """Let agents do a bit of everything that a logger records."""
    helper = autogen.ConversableAgent(
        "helper",
        system_message="Help.",
        llm_config={
            "config_list": [
                model(Fault(400, "no"), Fault(400, "no"), Fault(400, "no"), name="broken"),
                model(tool_calls(("add", {"a": 1, "b": 2}), ("told", {"what": "x"})), "Three.", "Again.", name="whole"),
            ],
            "cache_seed": None,
            "temperature": 0,
            "max_retries": 0,
        },
        human_input_mode="NEVER",
        max_consecutive_auto_reply=5,
    )
    user = autogen.UserProxyAgent(
        "user", human_input_mode="NEVER", code_execution_config=False, description="A user.", default_auto_reply="Go on"
    )

    @user.register_for_execution()
    def add(a: int, b: int = 3) -> int:
        return a + b

    @user.register_for_execution(name="told")
    def say(what: str) -> dict:
        return {"said": what}

    user.initiate_chat(helper, message="What is 1 + 2?", max_turns=2, silent=True)

    clerk = autogen.AssistantAgent(
        "clerk",
        system_message="File.",
        description="Files.",
        llm_config={"config_list": [model("Filed.", name="clerk")], "cache_seed": None},
    )
    group = autogen.GroupChat([user, clerk], [], max_round=3, speaker_selection_method="round_robin")
    manager = autogen.GroupChatManager(group, llm_config=False)
    user.initiate_chat(manager, message="File this.", silent=True)

    wrapper = autogen.OpenAIWrapper(config_list=[model("Kept.", name="cached")], cache_seed=7)
    for _ in range(2):
        wrapper.create(messages=[{"role": "user", "content": "Keep {what}"}], context={"what": "it"}, agent=clerk)
    autogen.runtime_logging.log_event("me", "a step", number=1, thing=object())
    autogen.runtime_logging.log_event(clerk, "a step", words=["one", "two"])
    autogen.runtime_logging.log_function_use(clerk, add, {"a": 1}, 4)
