"""What an import costs in a fresh interpreter, and how many modules it loads.

Only a fresh interpreter that has imported nothing else can tell, so each question is a program of its own.
"""

from __future__ import annotations

import subprocess
import sys

from common import IMPLEMENTATION, OURS, report

NAME = "autogen_classic" if IMPLEMENTATION == OURS else "autogen"

TIMED = """
import sys, time
start = time.process_time()
{statements}
seconds = time.process_time() - start
"""
COUNTED = """
import sys
before = set(sys.modules)
{statements}
tops = [name.partition(".")[0] for name in sys.modules.keys() - before]
foreign = sum(top not in sys.stdlib_module_names for top in tops)
"""
BARE = f"import {NAME}"
AGENT = f'from {NAME} import AssistantAgent; AssistantAgent("assistant", llm_config=False)'
AGENT_WITH_MODEL = (
    f"from {NAME} import AssistantAgent; "
    'AssistantAgent("assistant", llm_config={"config_list": [{"model": "m", "api_key": "sk-mock"}]})'
)


def run(program: str, statements: str, wanted: str) -> float:
    text = program.replace("{statements}", statements) + f"\nprint({wanted})"
    answer = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return float(answer.stdout.splitlines()[-1])


def seconds(statements: str) -> float:
    return min(run(TIMED, statements, "seconds") for _ in range(2))


report(
    import_bare=seconds(BARE),
    import_modules=run(COUNTED, BARE, "foreign"),
    import_agent=seconds(AGENT),
    import_agent_modules=run(COUNTED, AGENT, "foreign"),
    import_agent_model=seconds(AGENT_WITH_MODEL),
)
