"""The user runs code: in the older way, and with an executor."""

from autogen import ConversableAgent
from autogen.coding import LocalCommandLineCodeExecutor
from scenario import llm_config, run

MODES = ("sync", "async")


def main(mode):
    def bot(name):
        code = "```python\nprint(6 * 7)\n```"
        return ConversableAgent(name, llm_config=llm_config(code, "Thanks", name=name), human_input_mode="NEVER")

    older = {"work_dir": "work", "use_docker": False}
    run(bot("older"), message="6 * 7?", max_turns=2, executor_kwargs={"code_execution_config": older})
    executor = {"executor": LocalCommandLineCodeExecutor(work_dir="work")}
    run(bot("newer"), message="6 * 7?", max_turns=2, executor_kwargs={"code_execution_config": executor})
