"""ReasoningAgent: steps are offered and rated, the best go on, and the answer comes from all lines or from the best."""

from autogen import UserProxyAgent
from autogen.agents.experimental import ReasoningAgent
from scenario import chat, hide_prompts, llm_config, note, note_talks, record

FIRST = (
    "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: alpha\nOption 2: beta\n  more of beta\nOption 3: gamma"
)
SECOND = "REFLECTION: gamma is right\n\n**Possible Options:**\nOption 1: delta\nOption 2: TERMINATE epsilon"
RATINGS = [f"Rating: {number}" for number in (2, 3, 9)]


def main(mode):
    def reasoner(thoughts, ratings, **reason_config):
        hide_prompts("thinker", "which way", "alpha", "beta", "gamma", "delta", "epsilon", "carried out")
        hide_prompts("grader", "which way", "alpha", "beta", "gamma", "delta", "epsilon", "twelve")
        return ReasoningAgent(
            "reasoner",
            llm_config=llm_config(*thoughts, name="thinker"),
            grader_llm_config=llm_config(*ratings, name="grader"),
            reason_config={"max_depth": 2, "beam_size": 1, **reason_config},
        )

    def ask(agent, message="which way"):
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
        chat(user, agent, message=message, max_turns=1)
        note_talks()
        note("method", agent.method)
        note("tree", agent._root.to_dict())
        note("preferences", agent.extract_rlhf_preference_dataset())
        record(user)

    last = ["Rating: 4", "Rating: 8"]
    ask(reasoner([FIRST, SECOND, "the answer"], RATINGS + last))
    ask(reasoner([FIRST, SECOND, "the answer"], RATINGS + last, method="dfs", answer_approach="best"))
    ask(reasoner([FIRST, "carried out", SECOND, "the answer"], RATINGS + last, interim_execution=True))
    ask(reasoner([FIRST, SECOND, "the answer"], RATINGS + last), "which way GROUND_TRUTH: twelve")
    batch = ["Option 1: why\nRating: 2\n\nOption 2: why\nRating: 3\n\nOption 3: why\nRating: 9"]
    batch.append("Option 1: why\nRating: 4\n\nOption 2: why\nRating: 8")
    ask(reasoner([FIRST, SECOND, "the answer"], batch, batch_grading=True))
