"""What a user writes for a chat of two; mypy reads it as strictly as the library itself."""

from __future__ import annotations

from autogen_classic import AssistantAgent, ChatResult, UserProxyAgent, config_list_from_json

llm_config = {"config_list": config_list_from_json("OAI_CONFIG_LIST"), "temperature": 0}
assistant = AssistantAgent("assistant", llm_config=llm_config, system_message="You write Python.")
user_proxy = UserProxyAgent(
    "user_proxy",
    human_input_mode="NEVER",
    max_consecutive_auto_reply=3,
    is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
    code_execution_config={"work_dir": "coding", "use_docker": False},
)

result: ChatResult = user_proxy.initiate_chat(
    assistant, message="What is 6 times 7?", max_turns=2, summary_method="last_msg"
)
summary: str = result.summary
spoken: list[str] = [message["content"] for message in result.chat_history]
total: float = result.cost["usage_including_cached_inference"]["total_cost"]
print(summary, spoken, total, result.stop_reason)


async def ask_twice() -> list[ChatResult]:
    """The asynchronous twin has the same types."""
    first: ChatResult = await user_proxy.a_initiate_chat(assistant, message="And 7 times 8?", max_turns=1)
    second: ChatResult = await user_proxy.a_initiate_chat(assistant, message=lambda *_: "And 8 times 9?")
    return [first, second]
