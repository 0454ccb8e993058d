"""ReasoningAgent with a forest: several trees, whose answers are made one; by beam search and depth first."""

from autogen import UserProxyAgent
from autogen.agents.experimental import ReasoningAgent
from scenario import Endless, chat, hide_prompts, llm_config, note, note_talks, record

STEPS = "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: alpha\nOption 2: TERMINATE beta"


def main(mode):
    def ask(**reason_config):
        own = ("which way", "alpha", "beta", "answer 1", "answer 2", "the whole answer")
        hide_prompts("thinker", *own)
        hide_prompts("grader", *own)
        agent = ReasoningAgent(
            "reasoner",
            llm_config=llm_config(STEPS, "answer 1", STEPS, "answer 2", "the whole answer", name="thinker"),
            grader_llm_config=llm_config(Endless("Rating: 6"), name="grader"),
            reason_config={"max_depth": 1, "forest_size": 2, **reason_config},
        )
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        chat(user, agent, message="which way", max_turns=1)
        note_talks()
        note("tree", agent._root.to_dict())
        record(user)

    ask()
    ask(method="dfs", answer_approach="best")
