"""StateFlow: a task as a machine of states, in which code decides who speaks next.

Each state has an agent that acts in it. After each message, a function looks at what came out and says which state is
next: the query is written, run, corrected when it failed, and at last put into words. The model never has to choose the
way, only to do the work of one state. A script plays the model, and SQLite the database.

The method is that of *StateFlow: Enhancing LLM Task-Solving through State-Driven Workflows* (Wu et al., 2024).
"""

import sqlite3

from autogen_classic import Agent, AssistantAgent, ConversableAgent, GroupChat, GroupChatManager, UserProxyAgent
from autogen_classic.testing import ScriptedClient

database = sqlite3.connect(":memory:")
database.executescript(
    """
    CREATE TABLE rivers (name TEXT, length INTEGER);
    INSERT INTO rivers VALUES ('Rhine', 1233), ('Danube', 2850), ('Elbe', 1094);
    """
)

model = ScriptedClient(
    [
        "SELECT name FROM rivers ORDER BY size DESC LIMIT 1",  # there is no such column
        "SELECT name FROM rivers ORDER BY length DESC LIMIT 1",
        "The longest of them is the Danube.",
    ]
)


def speaker(name: str, system_message: str) -> AssistantAgent:
    return AssistantAgent(name, system_message=system_message, llm_config=model.llm_config())


user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False, default_auto_reply="")
writer = speaker("writer", "Write one SQL query for the question. Answer with the query alone.")
corrector = speaker("corrector", "The last query failed. Answer with a better query alone.")
narrator = speaker("narrator", "Put the result of the query into one sentence.")
executor = ConversableAgent("executor", llm_config=False, human_input_mode="NEVER")


def run_query(recipient: ConversableAgent, messages: list[dict], sender: Agent, config: object) -> tuple[bool, str]:
    """The reply of the executor: the rows, or the error."""
    try:
        return True, f"Rows: {database.execute(messages[-1]['content']).fetchall()}"
    except sqlite3.Error as error:
        return True, f"Error: {error}"


executor.register_reply([Agent, None], run_query)

states = []


def next_state(last_speaker: Agent, group: GroupChat) -> Agent | None:
    """The transitions of the machine: who acts in the state that comes next."""
    states.append(last_speaker.name)
    if last_speaker is user:
        return writer
    if last_speaker in (writer, corrector):
        return executor
    if last_speaker is executor:
        return corrector if group.messages[-1]["content"].startswith("Error") else narrator
    return None


group = GroupChat(
    [user, writer, executor, corrector, narrator], messages=[], max_round=12, speaker_selection_method=next_state
)
result = user.initiate_chat(GroupChatManager(group), message="Which river is the longest?")

answer = group.messages[-1]["content"]
print(" > ".join(states))
print(answer)
