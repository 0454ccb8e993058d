"""run_code and execute_code_blocks overridden: how they are called and what becomes of their results."""

from autogen import UserProxyAgent
from scenario import note

MESSAGE = [{"role": "user", "content": "```python\nprint(1)\n```\n```bash\nls\n```", "name": "x"}]


class Runner(UserProxyAgent):
    def run_code(self, code, **kwargs):
        note("run_code", [code, kwargs])
        return 0, f"ran {len(code)}", None


class Blocks(UserProxyAgent):
    def execute_code_blocks(self, code_blocks):
        note("execute_code_blocks", code_blocks)
        return 1, "\nblocks failed"


def main(mode):
    config = {"work_dir": "w", "use_docker": False, "timeout": 7}
    note(
        "runner",
        Runner("runner", human_input_mode="NEVER", code_execution_config=config).generate_reply(messages=MESSAGE),
    )
    note(
        "blocks",
        Blocks("blocks", human_input_mode="NEVER", code_execution_config=config).generate_reply(messages=MESSAGE),
    )
    patched = UserProxyAgent("patched", human_input_mode="NEVER", code_execution_config=config)
    patched.run_code = lambda code, **kwargs: (0, "patched", None)
    note("patched", patched.generate_reply(messages=MESSAGE))
    note("given config afterwards", config)
