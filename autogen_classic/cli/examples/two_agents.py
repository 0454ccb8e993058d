"""A script for AutoGen 0.2, unchanged: two agents, code that fails, is repaired and runs, an answer from its run."""

import autogen

config_list = autogen.config_list_from_json("OAI_CONFIG_LIST")
llm_config = {"config_list": config_list, "cache_seed": None}

assistant = autogen.AssistantAgent(name="assistant", llm_config=llm_config)

user_proxy = autogen.UserProxyAgent(
    name="user_proxy",
    human_input_mode="NEVER",
    max_consecutive_auto_reply=8,
    is_termination_msg=lambda message: (message.get("content") or "").rstrip().endswith("TERMINATE"),
    code_execution_config={"work_dir": "coding", "use_docker": False},
)

result = user_proxy.initiate_chat(
    assistant,
    message=(
        "On how many days from 2001-01-01 to 2100-12-31 is Friday the 13th? Write a Python script that counts them "
        "and prints the result as 'Fridays: N'. I will run it and show you the output. Then tell me the number, and "
        "end that message with TERMINATE."
    ),
    summary_method="reflection_with_llm",
)

print("Summary:", result.summary)
print("Cost:", result.cost["usage_including_cached_inference"])
