"""AgentEval: what does it mean for this program to be useful, and how useful is it?

A critic proposes criteria from one good and one bad response, a subcritic splits them, and a quantifier applies them to
responses. The criteria that tell failures from successes are kept; one that a bad response meets as well as a good one
is of no use. Scripts play the models.

The method is that of *Assessing and Verifying Task Utility in LLM-Powered Applications* (Arabzadeh et al., 2024).
"""

import json

from autogen_classic.agentchat.contrib.agent_eval.agent_eval import generate_criteria, quantify_criteria
from autogen_classic.agentchat.contrib.agent_eval.task import Task
from autogen_classic.testing import ScriptedClient


def criterion(name: str, *parts: dict) -> dict:
    values = ["no", "partly", "yes"]
    return {"name": name, "description": f"{name}?", "accepted_values": values, "sub_criteria": list(parts)}


task = Task(
    name="Tutor",
    description="Help a pupil to solve an equation.",
    successful_response="Take 3 from both sides of x + 3 = 7. What is left?",
    failed_response="x = 4",
)
proposed = [criterion("clarity"), criterion("politeness")]
refined = [
    criterion("clarity", criterion("names each step"), criterion("leaves the last step")),
    criterion("politeness"),
]
critics = ScriptedClient([json.dumps(proposed), json.dumps(refined)])
criteria = generate_criteria(critics.llm_config(), task, max_round=3, use_subcritic=True)

responses = {
    "Halve both sides of 2x = 6. What do you get?": "true",
    "x is 3.": "false",
}
quantifier = ScriptedClient(
    [
        '{"clarity": {"names each step": "yes", "leaves the last step": "yes"}, "politeness": "partly"}',
        '{"clarity": {"names each step": "no", "leaves the last step": "no"}, "politeness": "partly"}',
    ]
)
judged = [
    quantify_criteria(quantifier.llm_config(), criteria, task, test_case=response, ground_truth=truth)
    for response, truth in responses.items()
]
good, bad = (json.loads(one["estimated_performance"]) for one in judged)
useful = [one.name for one in criteria if good[one.name] != bad[one.name]]
print("Criteria that tell good responses from bad ones:", useful)
