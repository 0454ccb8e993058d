"""ReasoningAgent by every method, with gradings one by one and in batches, and what its trees are for fine-tuning."""

import random

from autogen import UserProxyAgent
from autogen.agents.experimental import ReasoningAgent
from scenario import Endless, chat, hide_prompts, llm_config, note, note_talks, record

STEPS = "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: alpha\nOption 2: TERMINATE beta"
BATCH = "Option 1: why\nRating: 9\n\nOption 2: why\nRating: 2"


def main(mode):
    def ask(method, rating="Rating: 7", answers=("the answer",), **reason_config):
        own = ("which way", "alpha", "beta", *answers)
        hide_prompts("thinker", *own)
        hide_prompts("grader", *own)
        agent = ReasoningAgent(
            "reasoner",
            llm_config=llm_config(STEPS, *answers, name="thinker"),
            grader_llm_config=llm_config(Endless(rating), name="grader"),
            reason_config={"method": method, "max_depth": 1, **reason_config},
        )
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        random.seed(1)
        chat(user, agent, message="which way", max_turns=1)
        note_talks()
        note("tree", agent._root.to_dict())
        note("fine-tuning", agent.extract_sft_dataset())
        record(user)

    for method in ("beam_search", "dfs"):
        ask(method)
        ask(method, BATCH, batch_grading=True)
    for method in ("mcts", "lats"):
        ask(method, nsim=1)
        ask(method, nsim=2, answers=("answer 1", "answer 2"))
