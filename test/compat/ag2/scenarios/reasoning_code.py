"""ReasoningAgent that carries out its steps as it goes, by words and by code that runs."""

import random

from autogen import UserProxyAgent
from autogen.agents.experimental import ReasoningAgent
from scenario import Endless, chat, hide_prompts, llm_config, note, note_talks, record

FIRST = "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: {step}\nOption 2: gamma"
LAST = "REFLECTION: it is there\n\n**Possible Options:**\nOption 1: TERMINATE done\nOption 2: delta"


def main(mode):
    def ask(step, *thoughts, code=False, **reason_config):
        own = (
            "how much",
            "42",
            "exitcode: 0",
            "carried out",
            "alpha",
            "gamma",
            "delta",
            "done",
            "answer 1",
            "answer 2",
        )
        hide_prompts("thinker", *own)
        hide_prompts("grader", *own)
        agent = ReasoningAgent(
            "reasoner",
            llm_config=llm_config(FIRST.format(step=step), *thoughts, name="thinker"),
            grader_llm_config=llm_config(Endless("Rating: 8"), name="grader"),
            reason_config={"max_depth": 2, "beam_size": 1, "interim_execution": True, **reason_config},
            code_execution_config=code,
        )
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        random.seed(1)
        chat(user, agent, message="how much", max_turns=1)
        note_talks()
        note("tree", agent._root.to_dict())
        record(user)

    ask("alpha", "carried out", LAST, "the answer")
    ask("alpha", "carried out", LAST, "the answer", method="dfs")
    program = "```python\nprint(6 * 7)\n```"
    ask(program, LAST, "the answer", code={"use_docker": False, "work_dir": "code"})
    for method in ("mcts", "lats"):
        both = ["carried out", "answer 1", "carried out", "answer 2"]
        ask("alpha", *both, method=method, nsim=2, max_depth=1)
