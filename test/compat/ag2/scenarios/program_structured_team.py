"""A group whose agents answer in a structure: one shows it by format, one hands it on as JSON, one answers badly."""

from autogen import ConversableAgent, LLMConfig
from autogen.agentchat.group import AgentTarget, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from pydantic import BaseModel
from scenario import chat, group_chat, llm_config, model, record

MODES = ("sync", "async")


class Step(BaseModel):
    what: str
    hours: int


class Plan(BaseModel):
    steps: list[Step]

    def format(self) -> str:
        return ", ".join(f"{step.what} ({step.hours} h)" for step in self.steps)


class Verdict(BaseModel):
    good: bool
    reason: str


def main(mode):
    plan = '{"steps": [{"what": "dig", "hours": 2}, {"what": "plant", "hours": 1}]}'
    verdict = '{"good": true, "reason": "short"}'
    planner = ConversableAgent("planner", llm_config=LLMConfig(model(plan, name="planner", response_format=Plan)))
    judge = ConversableAgent("judge", llm_config=LLMConfig(model(verdict, name="judge"), response_format=Verdict))
    closer = ConversableAgent("closer", llm_config=LLMConfig(model("Done.", name="closer")))
    planner.handoffs.set_after_work(AgentTarget(judge))
    judge.handoffs.set_after_work(AgentTarget(closer))
    closer.handoffs.set_after_work(TerminateTarget())
    group_chat(DefaultPattern(initial_agent=planner, agents=[planner, judge, closer]), "A garden.", max_rounds=8)
    record(planner, judge, closer)

    person = ConversableAgent("person", llm_config=False, human_input_mode="NEVER")
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    counter = ConversableAgent("counter", llm_config=llm_config('{"n": 3}', name="counter", response_format=schema))
    chat(person, counter, message="Count.", max_turns=1)
    record(counter)
