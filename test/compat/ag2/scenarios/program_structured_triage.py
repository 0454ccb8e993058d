"""Triage in a structure: the model fills in a form, a function makes tasks of it, and they are worked off."""

import json
from typing import Any

from autogen import ConversableAgent, UpdateSystemMessage
from autogen.agentchat.group import (
    AgentTarget,
    ContextExpression,
    ContextVariables,
    ExpressionContextCondition,
    FunctionTarget,
    FunctionTargetResult,
    OnContextCondition,
    TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern
from pydantic import BaseModel
from scenario import group_chat, llm_config, model, record

MODES = ("sync", "async")


class Task(BaseModel):
    title: str
    minutes: int = 5


class Tasks(BaseModel):
    tasks: list[Task]
    reason: str

    def format(self) -> str:
        return "\n".join(f"- {task.title} ({task.minutes})" for task in self.tasks)


def main(mode):
    def agent(name, *replies, **settings):
        return ConversableAgent(name, llm_config=llm_config(*replies, name=name), human_input_mode="NEVER", **settings)

    def plan(output: str, context_variables: Any) -> FunctionTargetResult:
        titles = [line.split("- ")[1] for line in output.splitlines()]
        return FunctionTargetResult(
            messages=f"{len(titles)} tasks",
            context_variables=ContextVariables({"left": titles, "number": len(titles)}),
            target=AgentTarget(worker),
        )

    def next_task(output: str, context_variables: Any, word: str) -> FunctionTargetResult:
        left = context_variables["left"][1:]
        changed = ContextVariables({"left": left, "number": len(left), "said": f"{word}: {output}"})
        return FunctionTargetResult(
            context_variables=changed, target=AgentTarget(worker) if left else TerminateTarget()
        )

    form = json.dumps({"tasks": [{"title": "Feed", "minutes": 9}, {"title": "Clean"}], "reason": "Both were asked."})
    triage = ConversableAgent(
        "triage",
        llm_config={"config_list": [model(form, name="triage", response_format=Tasks)], "cache_seed": None},
        human_input_mode="NEVER",
    )
    worker = agent(
        "worker",
        "Fed.",
        "Cleaned.",
        update_agent_state_before_reply=[UpdateSystemMessage("Do the first of {left}; said: {said}.")],
    )
    triage.handoffs.set_after_work(FunctionTarget(plan))
    worker.handoffs.set_after_work(FunctionTarget(next_task, extra_args={"word": "done"}))
    worker.handoffs.add_context_condition(
        OnContextCondition(
            target=TerminateTarget(), condition=ExpressionContextCondition(ContextExpression("${number} > 5"))
        )
    )
    pattern = DefaultPattern(
        initial_agent=triage,
        agents=[triage, worker],
        context_variables=ContextVariables({"left": [], "number": 0, "said": ""}),
    )
    group_chat(pattern, "Feed the birds and clean the cage.", max_rounds=12)
    record(worker)
