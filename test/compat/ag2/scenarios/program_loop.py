"""A loop of writer and critic, led by variables that tools change, until the text is good or tried too often."""

from autogen import ConversableAgent
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextStr,
    ContextStrLLMCondition,
    ContextVariables,
    ExpressionContextCondition,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import llm_config, note, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def judge(points: int, comment: str, context_variables: ContextVariables) -> ReplyResult:
        """Judge the text."""
        rounds = context_variables["rounds"] + 1
        context_variables.update(
            {"rounds": rounds, "points": points, "comments": [*context_variables["comments"], comment]}
        )
        return ReplyResult(message=f"{points} points after {rounds}", context_variables=context_variables)

    writer = ConversableAgent("writer", llm_config=llm_config("Draft 1", "Draft 2", "Draft 3", name="writer"))
    critic = ConversableAgent(
        "critic",
        llm_config=llm_config(
            tool_calls(("judge", {"points": 3, "comment": "dull"})),
            tool_calls(("transfer_to_writer_1", {}), content="Again."),
            tool_calls(("judge", {"points": 9, "comment": "fine"}, "call_9")),
            name="critic",
        ),
        functions=[judge],
    )
    editor = ConversableAgent("editor", llm_config=llm_config("Printed.", name="editor"))
    writer.handoffs.set_after_work(AgentTarget(critic))
    critic.handoffs.add_context_condition(
        OnContextCondition(
            target=AgentTarget(editor),
            condition=ExpressionContextCondition(
                expression=ContextExpression("${points} >= 8 or (${rounds} >= 3 and len(${comments}) > 2)")
            ),
        )
    )
    critic.handoffs.add_llm_condition(
        OnCondition(
            target=AgentTarget(writer),
            condition=ContextStrLLMCondition(ContextStr(template="Round {rounds}: not good enough, {comments}.")),
        )
    )
    editor.handoffs.set_after_work(TerminateTarget())
    pattern = DefaultPattern(
        initial_agent=writer,
        agents=[writer, critic, editor],
        context_variables=ContextVariables(data={"rounds": 0, "points": 0, "comments": []}),
    )
    variables = pattern.context_variables
    import autogen.agentchat as chats

    if mode == "sync":
        response = chats.run_group_chat(pattern=pattern, messages="A slogan.", max_rounds=20)
        for event in response.events:
            note("event", event.type)
        note("outcome", [response.summary, response.last_speaker, response.messages])
    else:
        import asyncio

        async def go():
            response = await chats.a_run_group_chat(pattern=pattern, messages="A slogan.", max_rounds=20)
            async for event in response.events:
                note("event", event.type)
            note("outcome", [await response.summary, await response.last_speaker, await response.messages])

        asyncio.run(go())
    note("variables", variables.to_dict())
    record(writer, critic, editor)
