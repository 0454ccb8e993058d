"""The default termination message, an own is_termination_msg, and what becomes of TERMINATE in the summary."""

from autogen import ConversableAgent, UserProxyAgent
from scenario import chat, llm_config, note, person, record

MODES = ("sync", "async")


def main(mode):
    seen = []

    def is_over(message):
        seen.append(dict(message))
        return "over" in message["content"]

    ann = UserProxyAgent("ann", human_input_mode="NEVER", code_execution_config=False, default_auto_reply="go on")
    bob = ConversableAgent("bob", llm_config=llm_config("one", "Done. TERMINATE", "TERMINATE", name="bob"))
    chat(ann, bob, message="start")
    carl = ConversableAgent("carl", human_input_mode="NEVER", llm_config=False, is_termination_msg=is_over)
    dora = ConversableAgent("dora", human_input_mode="NEVER", llm_config=llm_config("not yet", "over", name="dora"))
    chat(carl, dora, message="start")
    person("exit")
    chat(ann, bob, message="TERMINATE")
    note("is_over was asked about", seen)
    record(ann, carl)
