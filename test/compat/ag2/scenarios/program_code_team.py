"""A team that writes and runs code: the runner is a member of the group, and errors go back to the writer."""

from autogen import AssistantAgent, ConversableAgent, UserProxyAgent
from autogen.agentchat.group import AgentTarget, FunctionTarget, FunctionTargetResult, TerminateTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.coding import LocalCommandLineCodeExecutor
from scenario import group_chat, llm_config, record

MODES = ("sync", "async")

WRONG = "```python\nraise SystemExit('no such bird')\n```"
RIGHT = "Now it runs:\n```python\nprint('heron'.upper())\n```"


def main(mode):
    def decide(output, context_variables):
        is_good = "exitcode: 0" in output
        return FunctionTargetResult(
            messages=None if is_good else "Repair it.",
            target=AgentTarget(writer if is_good else coder),
        )

    coder = AssistantAgent("coder", system_message="You code.", llm_config=llm_config(WRONG, RIGHT, name="coder"))
    runner = UserProxyAgent(
        "runner",
        human_input_mode="NEVER",
        code_execution_config={"executor": LocalCommandLineCodeExecutor(timeout=20, work_dir="code")},
    )
    writer = ConversableAgent(
        "writer", system_message="You sum up.", llm_config=llm_config("It says HERON.", name="writer")
    )
    coder.handoffs.set_after_work(AgentTarget(runner))
    runner.handoffs.set_after_work(FunctionTarget(decide))
    writer.handoffs.set_after_work(TerminateTarget())
    pattern = DefaultPattern(initial_agent=coder, agents=[coder, runner, writer])
    group_chat(pattern, "Shout heron.", max_rounds=12)
    record(writer)
