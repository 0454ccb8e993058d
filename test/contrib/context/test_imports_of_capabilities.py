"""The modules of this room load the packages that they need when these are needed, not before."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from autogen_classic.agentchat.contrib import society_of_mind_agent, text_analyzer_agent
from autogen_classic.agentchat.contrib.capabilities import teachability, transform_messages
print([name for name in ("chromadb", "llmlingua", "numpy", "tiktoken", "openai", "httpx") if name in sys.modules])
"""


def test_capabilities_load_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=240)
    assert done.stdout.strip() == "[]"
