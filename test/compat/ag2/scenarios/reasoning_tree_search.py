"""ReasoningAgent: Monte Carlo tree search tries whole answers, and prefers steps below which they were rated well."""

import random

from autogen import UserProxyAgent
from autogen.agents.experimental import ReasoningAgent
from scenario import chat, hide_prompts, llm_config, note, note_talks, record

STEPS = "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: alpha\nOption 2: beta\nOption 3: TERMINATE gamma"


def main(mode):
    def search(thoughts, ratings, **reason_config):
        hide_prompts("thinker", "which way", "alpha", "beta", "gamma", "answer 1", "answer 2", "answer 3")
        hide_prompts("grader", "which way", "alpha", "beta", "gamma", "answer 1", "answer 2", "answer 3")
        agent = ReasoningAgent(
            "reasoner",
            llm_config=llm_config(*thoughts, name="thinker"),
            grader_llm_config=llm_config(*ratings, name="grader"),
            reason_config={"max_depth": 1, **reason_config},
        )
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        random.seed(3)
        chat(user, agent, message="which way", max_turns=1)
        note_talks()
        note("tree", agent._root.to_dict())
        record(user)

    ratings = ["Rating: 4", "Rating: 9", "Rating: 2"]
    search([STEPS, "answer 1", "answer 2", "answer 3"], ratings, method="mcts", nsim=3)
    search([STEPS, "answer 1", "answer 2"], ratings, method="lats", nsim=2)
    search([STEPS, "answer 1", STEPS, "answer 2", "answer 3"], ratings, method="mcts", nsim=1, forest_size=2)
