"""Support in tiers: a tool stores answer and confidence, and low confidence or a wish for more goes a tier up."""

from typing import Annotated

from autogen import ConversableAgent, UpdateSystemMessage
from autogen.agentchat.group import (
    AgentNameTarget,
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionAvailableCondition,
    ExpressionContextCondition,
    OnCondition,
    OnContextCondition,
    ReplyResult,
    StringLLMCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from scenario import group_chat, llm_config, record, tool_calls

MODES = ("sync", "async")


def main(mode):
    def answer(
        text: Annotated[str, "The answer"],
        confidence: Annotated[int, "From 1 to 10"],
        context_variables: ContextVariables,
    ) -> ReplyResult:
        """Answer, and say how sure you are."""
        context_variables.set("confidence", confidence)
        context_variables.set("answers", [*context_variables.get("answers", []), text])
        return ReplyResult(message=f"Noted, {confidence} of 10.", context_variables=context_variables)

    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def sure(text, confidence, call):
        return tool_calls(("answer", {"text": text, "confidence": confidence}, call))

    state = UpdateSystemMessage("Answers so far: {answers}, tier {tier}.")
    basic = agent("basic", sure("Restart it.", 3, "call_1"), functions=[answer])
    middle = agent(
        "middle",
        sure("Change the cable.", 9, "call_2"),
        tool_calls(("transfer_to_expert_1", {}, "call_3")),
        functions=[answer],
        update_agent_state_before_reply=[state],
    )
    expert = agent(
        "expert",
        sure("Replace the board.", 10, "call_4"),
        "Replace the board, I am sure.",
        functions=[answer],
        update_agent_state_before_reply=[state],
    )
    low = ExpressionContextCondition(ContextExpression("${confidence} > 0 and ${confidence} < 8"))
    basic.handoffs.add_context_condition(OnContextCondition(target=AgentTarget(middle), condition=low))
    basic.handoffs.set_after_work(TerminateTarget())
    middle.handoffs.add_many(
        [
            OnContextCondition(
                target=AgentNameTarget("expert"),
                condition=ExpressionContextCondition(ContextExpression("${confidence} < 3")),
                available=ExpressionAvailableCondition(ContextExpression("${tier} == 2")),
            ),
            OnCondition(
                target=AgentTarget(expert),
                condition=StringLLMCondition("When it takes an expert."),
                available=ExpressionAvailableCondition(ContextExpression("len(${answers}) >= 2")),
            ),
        ]
    )
    pattern = DefaultPattern(
        initial_agent=basic,
        agents=[basic, middle, expert],
        context_variables=ContextVariables(data={"confidence": 0, "answers": [], "tier": 1}),
    )
    group_chat(pattern, "It does not start.", max_rounds=20)
    record(expert)
