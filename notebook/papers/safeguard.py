"""A safeguard loop: questions about a plan become code, which runs only after a second agent has called it safe.

A company plans with an optimization program. "What if" questions change a line of it: a writer proposes the line, a
safeguard looks at it before it runs, and an error goes back to the writer. Only then does the planner say what the
change means. The loop is one reply function of one agent; whoever asks sees question and answer alone. A script plays
all models, and a small search plays the solver.

The method is that of *Large Language Models for Supply Chain Optimization* (Li et al., 2023), known as OptiGuide.
"""

import subprocess
import sys
from typing import Any

from autogen_classic import Agent, AssistantAgent, ConversableAgent, UserProxyAgent
from autogen_classic.testing import ScriptedClient

PLAN = """
from itertools import product

cost = {"Bergen": 5, "Turin": 3}      # of a sack from each roastery
capacity = {"Bergen": 60, "Turin": 40}
demand = 70
# CHANGES
plans = [p for p in product(range(capacity["Bergen"] + 1), range(capacity["Turin"] + 1)) if sum(p) == demand]
best = min(plans, key=lambda p: p[0] * cost["Bergen"] + p[1] * cost["Turin"])
print("cost", best[0] * cost["Bergen"] + best[1] * cost["Turin"], "sacks", dict(zip(cost, best)))
"""

model = ScriptedClient(
    [
        'import os; os.remove("plan.db")',  # what a page told the model to write
        "DANGER",
        'capacity["Torino"] = 20; cost["Torino"]',
        "SAFE",
        'capacity["Turin"] = 20',
        "SAFE",
        "If Turin roasts half as much, the plan costs 310 instead of 270.",
    ]
)


def run(change: str) -> str:
    """Run the plan with a change, in a process of its own."""
    code = PLAN.replace("# CHANGES", change)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


class Planner(AssistantAgent):
    """Answers questions about a plan; two agents behind it write and watch the code.

    Attributes:
        log: each change, with what came of it.
    """

    def __init__(self, name: str, attempts: int = 3, **settings: Any) -> None:
        super().__init__(name, **settings)
        self._attempts = attempts
        self.log: list[tuple[str, str]] = []
        self._writer = AssistantAgent(
            "writer", system_message=f"Write one line of Python to stand for # CHANGES in:\n{PLAN}", **settings
        )
        self._safeguard = AssistantAgent(
            "safeguard",
            system_message="Answer SAFE if the line changes the data of the plan and nothing else, or else DANGER.",
            **settings,
        )
        self.register_reply([Agent, None], Planner._answer)

    def _answer(
        self, messages: list[dict[str, Any]] | None = None, sender: Agent | None = None, config: object = None
    ) -> tuple[bool, str]:
        question = (messages or [])[-1]["content"]
        task = question
        for _ in range(self._attempts):
            change = self._said_by(self._writer, task)
            is_safe = self._said_by(self._safeguard, change) == "SAFE"
            outcome = run(change) if is_safe else "refused by the safeguard"
            self.log.append((change, outcome))
            if outcome.startswith("cost"):
                before = run("")
                told = f"{question}\nBefore: {before}\nAfter: {outcome}\nSay in one sentence what this means."
                return True, str(self.generate_oai_reply([{"role": "user", "content": told}])[1])
            task = f"{question}\nThis line did not work: {change}\n{outcome}\nWrite another."
        return True, "I have found no safe way to answer that."

    def _said_by(self, agent: ConversableAgent, text: str) -> str:
        return str(agent.generate_reply([{"role": "user", "content": text}])).strip()


planner = Planner("planner", llm_config=model.llm_config())
user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
result = user.initiate_chat(planner, message="What if Turin can roast only half as much?", max_turns=1)
print(result.summary)
