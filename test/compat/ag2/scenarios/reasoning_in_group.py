"""ReasoningAgent as a member of a group, and asked twice in one chat; its own settings as arguments; its scope."""

from autogen import ConversableAgent, UserProxyAgent
from autogen.agentchat.group import AgentTarget
from autogen.agentchat.group.patterns import DefaultPattern
from autogen.agents.experimental import ReasoningAgent
from scenario import Endless, chat, group_chat, hide_prompts, llm_config, note, note_talks, record

REWRITTEN = "The question, put anew"
STEPS = "REFLECTION: nothing yet\n\n**Possible Options:**\nOption 1: alpha\nOption 2: TERMINATE beta"


def main(mode):
    own = ("Which way?", "And back?", "Go left.", "alpha", "beta", "Only roads.", REWRITTEN, "answer 1", "answer 2")

    def reasoner(*thoughts, **settings):
        hide_prompts("thinker", *own)
        hide_prompts("grader", *own)
        return ReasoningAgent(
            name="reasoner",
            llm_config=llm_config(*thoughts, name="thinker"),
            grader_llm_config=llm_config(Endless("Rating: 5"), name="grader"),
            **settings,
        )

    user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False)
    thoughts = [STEPS, "answer 1", REWRITTEN, STEPS, "answer 2"]
    agent = reasoner(*thoughts, max_depth=1, beam_size=1, answer_approach="best", scope="Only roads.")
    note("method", agent.method)
    chat(user, agent, message="Which way?", max_turns=1)
    chat(user, agent, message="And back?", max_turns=1, clear_history=False)
    record(user)
    note_talks()

    guide = ConversableAgent("guide", llm_config=llm_config("Go left.", name="guide"), human_input_mode="NEVER")
    member = reasoner(REWRITTEN, STEPS, "answer 1", reason_config={"max_depth": 1})
    guide.handoffs.set_after_work(AgentTarget(member))
    pattern = DefaultPattern(initial_agent=guide, agents=[guide, member])
    hide_prompts("guide", "Which way?")
    group_chat(pattern, "Which way?", max_rounds=4)
    record(guide)
    note_talks()
