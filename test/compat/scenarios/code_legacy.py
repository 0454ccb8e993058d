"""Legacy code execution: one and several blocks, failing code, languages, and code without a fence."""

from autogen import AssistantAgent, UserProxyAgent
from scenario import chat, llm_config, note, record

MODES = ("sync", "async")

ONE = "Run this:\n```python\nprint(6 * 7)\n```\n"
TWO = "```python\nprint('first')\n```\nand\n```sh\necho second\n```\n"
FAILING = "```python\nimport sys\nprint('before')\nsys.exit(3)\n```\nand\n```python\nprint('never')\n```"
GUESSED = "```\nprint('guessed')\n```"
UNKNOWN = "```rust\nfn main() {}\n```"


def main(mode):
    helper = AssistantAgent(
        "helper",
        system_message="Write code.",
        llm_config=llm_config(ONE, TWO, FAILING, GUESSED, UNKNOWN, "no code", "TERMINATE", name="helper"),
    )
    user = UserProxyAgent(
        "user",
        human_input_mode="NEVER",
        code_execution_config={"work_dir": "work", "use_docker": False},
        default_auto_reply="nothing to run",
    )
    chat(user, helper, message="go")
    record(user)
    note("config", dict(user._code_execution_config.items()))
    note("use_docker", user.use_docker)
