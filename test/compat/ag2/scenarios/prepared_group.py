"""What prepare_group_chat returns."""

from autogen import ConversableAgent
from autogen.agentchat.group import ContextVariables, NestedChatTarget, OnCondition, StringLLMCondition
from autogen.agentchat.group.patterns import AutoPattern, DefaultPattern
from scenario import llm_config, note


def main(mode):
    def agent(name, *replies, **settings):
        config = llm_config(*replies, name=name) if replies else False
        return ConversableAgent(name, system_message=f"You are {name}.", llm_config=config, **settings)

    ann, bob, user = agent("ann", "x"), agent("bob", "x"), agent("user")
    ann.handoffs.add_llm_condition(
        OnCondition(target=NestedChatTarget(nested_chat_config={"chat_queue": []}), condition=StringLLMCondition("x"))
    )
    for pattern in (
        DefaultPattern(
            initial_agent=ann, agents=[ann, bob], user_agent=user, context_variables=ContextVariables({"a": 1})
        ),
        AutoPattern(
            initial_agent=bob,
            agents=[bob],
            context_variables={"a": 1},
            group_manager_args={"llm_config": llm_config("x")},
        ),
    ):
        prepared = pattern.prepare_group_chat(max_rounds=7, messages="go")
        (
            agents,
            wrapped,
            of_user,
            variables,
            initial,
            after_work,
            executor,
            group,
            manager,
            messages,
            last,
            names,
            temporary,
        ) = prepared
        note("agents", [one.name for one in agents])
        note("wrapped", [one.name for one in wrapped])
        note("user", of_user)
        note("variables", variables)
        note("initial", initial)
        note("after work", str(after_work))
        note("executor", [executor.name, executor.human_input_mode, type(executor).__name__])
        note(
            "group",
            [
                sorted(group.agent_names),
                group.agent_names[0],
                group.max_round,
                group.messages,
                group.allow_repeat_speaker,
            ],
        )
        note("selects by a function", callable(group.speaker_selection_method))
        note("manager", manager)
        note("messages", messages)
        note("last", last)
        note("names", names)
        note("temporary", [one.name for one in temporary])
        note("linked", [one._group_manager is manager for one in agents])
