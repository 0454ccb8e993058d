"""Notebooks as programs were published: cells, what the model says in them, and what a person types.

`record.py` runs them with AutoGen 0.2.40 or AG2 and saves what they show.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from autogen_classic.testing import tool_call


class Lesson(NamedTuple):
    """A notebook.

    Attributes:
        cells: its cells.
        replies: what the model answers.
        typed: what the person types.
        shows_typed: in which stream the notebook keeps it: JupyterLab in "stdin", Colab in "stdout", VS Code "nowhere".
        releases: the suffixes of the releases that can run it, if not all.
    """

    cells: tuple[str, ...]
    replies: tuple[Any, ...]
    typed: tuple[str, ...] = ()
    shows_typed: str = "stdout"
    releases: tuple[str, ...] = ("v02", "ag2_07", "ag2_014")


SETUP = """\
%pip install pyautogen
"""

CONFIG = """\
import autogen

config_list = autogen.config_list_from_json("OAI_CONFIG_LIST", filter_dict={"model": ["gpt-4"]})
llm_config = {"config_list": config_list, "cache_seed": None}
"""

CONFIG_OF_LATE_AG2 = """\
import autogen

llm_config = autogen.LLMConfig.from_json(path="OAI_CONFIG_LIST")
"""

TWO_AGENTS = Lesson(
    (
        SETUP,
        CONFIG,
        """\
teacher = autogen.AssistantAgent("teacher", llm_config=llm_config)
student = autogen.UserProxyAgent(
    "student", human_input_mode="NEVER", max_consecutive_auto_reply=2, code_execution_config=False,
    default_auto_reply="Go on.",
)
student.initiate_chat(teacher, message="What is a prime number?")
""",
    ),
    (
        "A number above 1 that only 1 and itself divide.\n\n| n | prime |\n|---|---|\n| 2 | yes |",
        "For example 7.\n" + "-" * 80 + "\nThat was a line.",
        "That is all. TERMINATE",
    ),
)

CODE = Lesson(
    (
        CONFIG,
        """\
coder = autogen.AssistantAgent("coder", llm_config=llm_config)
runner = autogen.UserProxyAgent(
    "runner", human_input_mode="NEVER", is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""),
    code_execution_config={"work_dir": "work", "use_docker": False},
)
result = runner.initiate_chat(coder, message="Print the sum of 1 to 10.")
""",
        """\
result.summary
""",
    ),
    (
        "```python\nprint(sum(range(1, 11))\n```",
        "A bracket was missing.\n```python\nprint(sum(range(1, 11)))\n```",
        "It is 55. TERMINATE",
    ),
)

PERSON = Lesson(
    (
        CONFIG,
        """\
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config)
user = autogen.UserProxyAgent("user", human_input_mode="ALWAYS", code_execution_config=False)
user.initiate_chat(assistant, message="Tell me a joke.")
""",
        """\
guest = autogen.UserProxyAgent("guest", human_input_mode="TERMINATE", code_execution_config=False)
guest.initiate_chat(assistant, message="And one more?")
""",
    ),
    ("Why did 6 fear 7?", "Because 7 ate 9.", "A shorter one: 1.", "TERMINATE", "TERMINATE"),
    ("I do not know. Why?", "", "exit", "Please go on.", "exit"),
)

TOOLS = Lesson(
    (
        CONFIG,
        """\
from typing import Annotated

assistant = autogen.AssistantAgent("assistant", llm_config=llm_config)
user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""))

@user.register_for_execution()
@assistant.register_for_llm(description="Add two numbers.")
def add(a: Annotated[int, "the first"], b: Annotated[int, "the second"]) -> int:
    return a + b

@user.register_for_execution()
@assistant.register_for_llm(description="Shout a text.")
def shout(text: str) -> str:
    return text.upper() + "\\n**********\\n!"
""",
        """\
user.initiate_chat(assistant, message="Add 2 and 3, then shout.")
""",
    ),
    (
        tool_call("add", a=2, b=3),
        tool_call("shout", text="five"),
        "5 and FIVE. TERMINATE",
    ),
)

GROUP = Lesson(
    (
        CONFIG,
        """\
user = autogen.UserProxyAgent("Admin", human_input_mode="NEVER", code_execution_config=False)
writer = autogen.AssistantAgent("Writer", llm_config=llm_config)
critic = autogen.AssistantAgent("Critic", llm_config=llm_config)
groupchat = autogen.GroupChat(agents=[user, writer, critic], messages=[], max_round=6)
manager = autogen.GroupChatManager(groupchat=groupchat, llm_config=llm_config,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""))
user.initiate_chat(manager, message="Write a slogan for tea.")
""",
    ),
    ("Writer", "Tea: a pause in a cup.", "Critic", "Too long.", "Writer", "Tea. Pause.", "Critic", "Good. TERMINATE"),
)

SEQUENCE = Lesson(
    (
        CONFIG,
        """\
boss = autogen.UserProxyAgent("boss", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""))
analyst = autogen.AssistantAgent("analyst", llm_config=llm_config)
author = autogen.AssistantAgent("author", llm_config=llm_config)
results = boss.initiate_chats([
    {"recipient": analyst, "message": "Name two fruits.", "summary_method": "last_msg", "max_turns": 1},
    {"recipient": author, "message": "Write a line about them.", "summary_method": "reflection_with_llm",
     "max_turns": 1},
    {"recipient": analyst, "message": "Check it.", "max_turns": 1},
])
""",
    ),
    ("Apple and pear.", "An apple met a pear.", "They met.", "It is fine. TERMINATE"),
)

NESTED = Lesson(
    (
        CONFIG,
        """\
user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""))
writer = autogen.AssistantAgent("writer", llm_config=llm_config)
critic = autogen.AssistantAgent("critic", llm_config=llm_config)
user.register_nested_chats(
    [{"recipient": critic, "message": lambda recipient, messages, sender, config: "Judge: " + messages[-1]["content"],
      "summary_method": "last_msg", "max_turns": 1}],
    trigger=writer,
)
user.initiate_chat(writer, message="Write a word.", max_turns=2)
""",
    ),
    ("Moon.", "Too short.", "Moonlight."),
)

FUNCTIONS = Lesson(
    (
        CONFIG,
        """\
llm_config = {**llm_config, "functions": [{"name": "double", "description": "Double a number.",
    "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}]}
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config)
user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "TERMINATE" in (m.get("content") or ""),
    function_map={"double": lambda n: str(2 * n)})
user.initiate_chat(assistant, message="Double 21.")
""",
    ),
    (
        {"role": "assistant", "content": None, "function_call": {"name": "double", "arguments": '{"n": 21}'}},
        "It is 42. TERMINATE",
    ),
)

STREAM = Lesson(
    (
        CONFIG,
        """\
assistant = autogen.AssistantAgent("assistant", llm_config={**llm_config, "stream": True})
user = autogen.UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False,
    max_consecutive_auto_reply=1)
chat = user.initiate_chat(assistant, message="Say hello to everybody.")
print("Cost:", chat.cost["usage_including_cached_inference"]["total_cost"] >= 0)
""",
    ),
    ("Hello, everybody here.", "Goodbye, everybody."),
)

PATTERN = Lesson(
    (
        CONFIG,
        """\
from typing import Annotated

from autogen import ConversableAgent
from autogen.agentchat import initiate_group_chat
from autogen.agentchat.group import (
    AgentTarget, ContextVariables, ExpressionContextCondition, ContextExpression, OnCondition, OnContextCondition,
    ReplyResult, RevertToUserTarget, StringLLMCondition, TerminateTarget,
)
from autogen.agentchat.group.patterns import DefaultPattern

def note_order(number: Annotated[str, "the number of the order"], context_variables: ContextVariables) -> ReplyResult:
    \"\"\"Note the number of an order.\"\"\"
    context_variables["order"] = number
    return ReplyResult(message=f"Order {number} is noted.", context_variables=context_variables,
                       target=AgentTarget(clerk))

desk = ConversableAgent("desk", system_message="You receive.", llm_config=llm_config, functions=[note_order])
clerk = ConversableAgent("clerk", system_message="You look after orders.", llm_config=llm_config)
boss = ConversableAgent("boss", system_message="You end it.", llm_config=llm_config)
desk.handoffs.add_llm_condition(OnCondition(target=AgentTarget(clerk), condition=StringLLMCondition("An order.")))
clerk.handoffs.add_context_condition(OnContextCondition(
    target=AgentTarget(boss), condition=ExpressionContextCondition(ContextExpression("${order} == '99'"))))
clerk.handoffs.add_llm_condition(OnCondition(target=AgentTarget(boss), condition=StringLLMCondition("Anger.")))
boss.handoffs.set_after_work(TerminateTarget())
clerk.handoffs.set_after_work(RevertToUserTarget())
""",
        """\
user = ConversableAgent("customer", human_input_mode="ALWAYS", llm_config=False)
pattern = DefaultPattern(initial_agent=desk, agents=[desk, clerk, boss], user_agent=user,
    context_variables=ContextVariables({"order": ""}), group_manager_args={"llm_config": llm_config})
result, variables, last = initiate_group_chat(pattern=pattern, messages="Where is my order 7?", max_rounds=20)
""",
        """\
print(last.name, variables["order"])
""",
    ),
    (
        tool_call("note_order", number="7"),
        "It is on its way.",
        tool_call("transfer_to_boss_1"),
        "I am sorry. Here is your money.",
    ),
    ("I am angry.",),
)

AUTO = Lesson(
    (
        CONFIG,
        """\
from autogen import ConversableAgent
from autogen.agentchat import initiate_group_chat
from autogen.agentchat.group.patterns import AutoPattern

planner = ConversableAgent("planner", system_message="You plan.", description="Plans.", llm_config=llm_config)
writer = ConversableAgent("writer", system_message="You write.", description="Writes.", llm_config=llm_config)
user = ConversableAgent("user", human_input_mode="NEVER", llm_config=False)
pattern = AutoPattern(initial_agent=planner, agents=[planner, writer], user_agent=user,
    group_manager_args={"llm_config": llm_config,
                        "is_termination_msg": lambda m: "DONE" in (m.get("content") or "")})
result, _, _ = initiate_group_chat(pattern=pattern, messages="A line about tea.", max_rounds=10)
result.summary
""",
    ),
    ("First the pause, then the cup.", "writer", "Tea: a pause in a cup.", "planner", "DONE"),
)

RUN = Lesson(
    (
        CONFIG,
        """\
from autogen import ConversableAgent

assistant = ConversableAgent("assistant", system_message="You answer.", llm_config=llm_config,
    human_input_mode="NEVER")
""",
        """\
response = assistant.run(message="What is a fugue?", max_turns=2, user_input=False)
response.process()
""",
        """\
print(response.summary)
""",
    ),
    ("A piece in which voices enter one after the other.", "TERMINATE"),
)

RUN_GROUP = Lesson(
    (
        CONFIG,
        """\
from autogen import ConversableAgent
from autogen.agentchat import run_group_chat
from autogen.agentchat.group.patterns import RoundRobinPattern

poet = ConversableAgent("poet", system_message="You write.", llm_config=llm_config)
critic = ConversableAgent("critic", system_message="You judge.", llm_config=llm_config)
pattern = RoundRobinPattern(initial_agent=poet, agents=[poet, critic], group_manager_args={"llm_config": False})
response = run_group_chat(pattern=pattern, messages="A line about rain.", max_rounds=4)
response.process()
print(response.last_speaker)
""",
    ),
    ("Rain taps.", "Longer.", "Rain taps on the roof.", "Good."),
)
RUN_TOOL = Lesson(
    (
        CONFIG,
        """\
from autogen import ConversableAgent, UserProxyAgent

def add(a: int, b: int) -> int:
    \"\"\"Add two numbers.\"\"\"
    return a + b

assistant = ConversableAgent("assistant", llm_config=llm_config, functions=[add])
user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda m: "DONE" in (m.get("content") or ""))
response = user.run(assistant, message="2 + 3?", max_turns=3)
for event in response.events:
    event.print()
""",
    ),
    (tool_call("add", a=2, b=3), "It is 5. DONE"),
)

LESSONS = {
    "two_agents": TWO_AGENTS,
    "code": CODE,
    "person": PERSON,
    "tools": TOOLS,
    "group": GROUP,
    "sequence": SEQUENCE,
    "nested": NESTED,
    "functions": FUNCTIONS,
    "stream": STREAM,
}

LESSONS_OF_AG2 = {
    "auto": AUTO,
    "pattern": PATTERN,
    "run": RUN,
    "run_group": RUN_GROUP,
    "run_tool": RUN_TOOL,
}
