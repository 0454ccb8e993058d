"""What a captain is made of: its hidden agents, its tool, and how its settings are put together."""

from autogen.agentchat.contrib.captainagent import CaptainAgent
from scenario import llm_config, note, raises


def parts(captain):
    return [
        [agent.name, agent.human_input_mode, agent.max_consecutive_auto_reply(), bool(agent._code_execution_config)]
        for agent in (captain, captain.executor)
    ]


def main(mode):
    config = llm_config(name="captain")
    captain = CaptainAgent("captain", llm_config=config)
    note("parts", parts(captain))
    note("assistant", captain.assistant.name)
    note("tools", [tool["function"]["name"] for tool in captain.assistant.llm_config["tools"]])
    properties = captain.assistant.llm_config["tools"][0]["function"]["parameters"]["properties"]
    note("parameters", {name: schema["type"] for name, schema in properties.items()})
    note("functions", sorted(captain.executor.function_map))
    settings = captain.executor._nested_config
    for models in (settings, settings["autobuild_init_config"]):
        note("has models", [key for key in models if key in ("llm_config", "group_chat_llm_config")])
    note("settings", [settings[key] for key in ("autobuild_build_config", "group_chat_config", "max_turns")])
    own = CaptainAgent(
        "captain",
        system_message="Be quick.",
        llm_config=config,
        max_consecutive_auto_reply=3,
        code_execution_config={"work_dir": "code", "use_docker": False},
        nested_config={"max_turns": 2, "group_chat_config": {"speaker_selection_method": "round_robin"}},
        agent_lib=[{"name": "Ann", "system_message": "You are Ann.", "description": "Adds."}],
        tool_lib="default",
        description="Who knows experts.",
    )
    note("own parts", parts(own))
    note("own texts", [own.assistant.system_message, own.description])
    note("own settings", {key: own.executor._nested_config[key] for key in ("max_turns", "group_chat_config")})
    note("library", own.executor._nested_config["autobuild_build_config"]["library_path_or_json"])
    note("tool library", own.executor._nested_config["autobuild_tool_config"])
    with raises("without a model", AssertionError):
        CaptainAgent("captain", llm_config=False)
