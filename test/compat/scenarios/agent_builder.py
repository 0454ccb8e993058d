"""AgentBuilder: a team is made up, saved, loaded and put to work; what of it is asked, printed and remembered."""

import json

from autogen import GroupChat, GroupChatManager
from autogen.agentchat.contrib.agent_builder import AgentBuilder
from scenario import chat, llm_config, mask, model, note, raises, record, set_environment

TEAM = ["Chemist_Expert, Number_Expert", "SYSTEM 1", "SYSTEM 2", "Knows molecules.", "Knows numbers.", "YES"]


def mask_texts():
    for name in dir(AgentBuilder):
        text = getattr(AgentBuilder, name)
        if name.isupper() and isinstance(text, str):
            mask(name, text)


def described(agents):
    return [
        [
            type(agent).__name__,
            agent.name,
            agent.description if agent.llm_config else None,
            agent.human_input_mode,
            agent.max_consecutive_auto_reply(),
            [entry["model"] for entry in agent.llm_config["config_list"]] if agent.llm_config else None,
            len(agent._reply_func_list),
        ]
        for agent in agents
    ]


def main(mode):
    mask_texts()
    planner = model(*TEAM, name="planner", tags=["plan"])
    worker = model("The sum is 3.", "I agree.", name="worker", tags=["work"])
    set_environment(OAI_CONFIG_LIST=json.dumps([planner, worker]))
    builder = AgentBuilder(builder_model_tags=["plan"], agent_model_tags=["work"])
    agents, team = builder.build("Add 1 and 2.", {"temperature": 0, "cache_seed": None})
    note("agents", described(agents))
    note("team", team)

    path = builder.save("team.json")
    with open(path) as file:
        note("saved", [path, json.load(file)])
    loaded, team = builder.load(path)
    note("loaded", described(loaded))
    note("same team", team == builder.cached_configs)
    with open(path) as file:
        note("from text", described(builder.load(config_json=file.read())[0]))

    group = GroupChat([loaded[2], *loaded[:2]], [], max_round=3, speaker_selection_method="round_robin")
    manager = GroupChatManager(group, llm_config=llm_config(name="manager"))
    chat(loaded[2], manager, message="What is 1 + 2?")
    record(*loaded)

    with raises("an unknown agent", KeyError):
        builder.clear_agent("Nobody")
    with raises("an unknown model", RuntimeError):
        AgentBuilder(builder_model="none")
    with raises("a missing file", FileNotFoundError):
        builder.load("missing.json")
    builder.clear_agent("Chemist_Expert", recycle_endpoint=False)
    builder.clear_all_agents(recycle_endpoint=False)
