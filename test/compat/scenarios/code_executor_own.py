"""An executor of one's own by protocol, the executor chosen by name, and last_n_messages with executors."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.coding import CodeBlock, CodeExecutor, CodeResult, MarkdownCodeExtractor
from scenario import note, raises


class Recording(CodeExecutor):
    @property
    def code_extractor(self):
        return MarkdownCodeExtractor()

    def execute_code_blocks(self, code_blocks):
        note("blocks", [[block.language, block.code] for block in code_blocks])
        return CodeResult(exit_code=0, output="recorded")

    def restart(self):
        note("restarted", True)


def main(mode):
    code = {"role": "user", "content": "```python\nprint('older')\n```", "name": "x"}
    newer = {"role": "user", "content": "text", "name": "x"}
    for last_n in ("auto", 1, 2):
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            default_auto_reply="no code found",
            code_execution_config={"executor": Recording(), "last_n_messages": last_n},
        )
        note(f"last {last_n}", user.generate_reply(messages=[code, newer]))
        note(f"last {last_n}, both", user.generate_reply(messages=[code, code]))
    named = ConversableAgent(
        "named",
        llm_config=False,
        human_input_mode="NEVER",
        code_execution_config={"executor": "commandline-local", "commandline-local": {"work_dir": "w", "timeout": 5}},
    )
    note("named", [type(named.code_executor).__name__, named.code_executor.timeout])
    note("named runs", named.generate_reply(messages=[code]))
    with raises("an unknown executor"):
        ConversableAgent("x", llm_config=False, code_execution_config={"executor": "no-such"})
    note("a block", repr(CodeBlock(code="x", language="python")))
