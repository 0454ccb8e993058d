"""A command-line executor: one block, several, failing code, no code, unknown language, and its own file names."""

from autogen import AssistantAgent, UserProxyAgent
from autogen.coding import LocalCommandLineCodeExecutor
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")

ONE = "Run this:\n```python\nprint(6 * 7)\n```\n"
NAMED = "```python\n# filename: named.py\nprint('named')\n```"
TWO = "```python\nprint('first')\n```\nand\n```sh\necho second\n```\n"
FAILING = "```python\nimport sys\nprint('before')\nsys.exit(3)\n```\nand\n```python\nprint('never')\n```"
UNKNOWN = "```rust\nfn main() {}\n```"


def main(mode):
    executor = LocalCommandLineCodeExecutor(work_dir=".")
    helper = AssistantAgent(
        "helper",
        system_message="Write code.",
        llm_config=llm_config(ONE, NAMED, TWO, FAILING, UNKNOWN, "no code", "TERMINATE", name="helper"),
    )
    user = UserProxyAgent(
        "user",
        human_input_mode="NEVER",
        code_execution_config={"executor": executor},
        default_auto_reply="nothing to run",
    )
    note("code_executor", user.code_executor is executor)
    note("replies", [entry["reply_func"].__name__ for entry in user._reply_func_list])
    chat(user, helper, message="go")
    record(user)
    note("config", sorted(user._code_execution_config))
