"""Notebooks in the many shapes in which people publish them; `record.py` saves them with what other releases show."""

from __future__ import annotations

from lessons import CONFIG, SETUP, Lesson

from autogen_classic.testing import function_call, tool_call, tool_calls

V02 = ("v02",)
UNTIL_AG2_07 = ("v02", "ag2_07")
ONLY_AG2_07 = ("ag2_07",)
ONLY_AG2_014 = ("ag2_014",)

FEEDBACK = Lesson(
    (
        CONFIG,
        '''\
assistant = autogen.AssistantAgent("assistant", llm_config=llm_config,
    is_termination_msg=lambda x: True if "TERMINATE" in x.get("content") else False)
user_proxy = autogen.UserProxyAgent("user_proxy", human_input_mode="ALWAYS",
    is_termination_msg=lambda x: True if "TERMINATE" in x.get("content") else False,
    code_execution_config={"work_dir": "coding", "use_docker": False})
math_problem = """
Find $a + b + c$, given that $x+y \\\\neq -1$ and
\\\\begin{align}
	ax + by + c & = x + 7,\\\\
	a + bx + cy & = 2x + 6y
\\\\end{align}.
"""
user_proxy.initiate_chat(assistant, message=math_problem)
''',
    ),
    ("First:\n\n```python\nprint(3 + 4)\n```", "So 7? Let me check.", "```python\nprint(2)\n```", "7. TERMINATE"),
    ("", "do not use sympy", "", "exit"),
    releases=UNTIL_AG2_07,
)

RESEARCH_GROUP = Lesson(
    (
        CONFIG,
        '''\
user_proxy = autogen.UserProxyAgent(name="Admin", system_message="A human admin.", code_execution_config=False)
engineer = autogen.AssistantAgent(name="Engineer", llm_config=llm_config, system_message="""You write code.""")
planner = autogen.AssistantAgent(name="Planner", system_message="""Planner.""", llm_config=llm_config)
executor = autogen.UserProxyAgent(name="Executor", system_message="Executor.", human_input_mode="NEVER",
    code_execution_config={"last_n_messages": 3, "work_dir": "paper", "use_docker": False})
groupchat = autogen.GroupChat(agents=[user_proxy, engineer, planner, executor], messages=[], max_round=50)
manager = autogen.GroupChatManager(groupchat=groupchat, llm_config=llm_config)
user_proxy.initiate_chat(manager, message="""
find papers on LLM applications, create a markdown table of different domains.
""")
''',
        """\
# type exit to terminate the chat
groupchat.messages[-1]["name"]
""",
    ),
    (
        "Planner",
        "1. Search.\n2. Table.",
        "Admin",
        "Engineer",
        "```python\nprint('| a | b |')\n```",
        "Executor",
        "nobody special",
        "Planner",
        "Good.",
        "Admin",
    ),
    ("approve", "exit"),
)

MANUAL_GROUP = Lesson(
    (
        CONFIG,
        """\
agents = [autogen.AssistantAgent(n, llm_config=llm_config) for n in ("Ann", "Bob", "Cid", "Dora")]
groupchat = autogen.GroupChat(agents=agents, messages=[], max_round=5, speaker_selection_method="manual")
manager = autogen.GroupChatManager(groupchat=groupchat, llm_config=llm_config)
agents[0].initiate_chat(manager, message="Hello all")
""",
    ),
    ("I say 0", "I say 1", "I say 2", "I say 3"),
    ("3", "2", "4", "3"),
    releases=UNTIL_AG2_07,
)

RANDOM_GROUP = Lesson(
    (CONFIG, MANUAL_GROUP.cells[1].replace('"manual"', '"random"').replace("max_round=5", "max_round=7")),
    ("I say 0", "I say 1", "I say 2", "I say 3", "I say 4", "I say 5"),
    releases=UNTIL_AG2_07,
)

BOTH_AT_ONCE = Lesson(
    (
        "%%capture --no-stderr\nimport asyncio\nfrom typing import Annotated\nfrom autogen.cache import Cache\n",
        CONFIG,
        """\
coder = autogen.AssistantAgent(name="chatbot", system_message="Use the functions.", llm_config=llm_config)
user_proxy = autogen.UserProxyAgent(name="user_proxy", human_input_mode="NEVER", code_execution_config=False,
    is_termination_msg=lambda x: x.get("content", "") and x.get("content", "").rstrip().endswith("TERMINATE"))

@user_proxy.register_for_execution()
@coder.register_for_llm(description="create a timer for N seconds")
async def timer(num_seconds: Annotated[str, "Number of seconds in the timer."]) -> str:
    await asyncio.sleep(0.01)
    return "Timer is done!"

@user_proxy.register_for_execution()
@coder.register_for_llm(description="create a stopwatch for N seconds")
def stopwatch(num_seconds: Annotated[str, "Number of seconds in the stopwatch."]) -> str:
    return "Stopwatch is done!"
""",
        """\
def my_message_generator(sender, recipient, context):
    return "Create both at once " + context.get("n", "")

with Cache.disk(cache_seed=43) as cache:
    res = await user_proxy.a_initiate_chat(coder, message=my_message_generator, n="now", cache=cache, max_turns=3)
res.summary
""",
    ),
    (
        tool_calls(tool_call("timer", num_seconds="5"), tool_call("stopwatch", num_seconds="3")),
        "Both are done. TERMINATE",
    ),
)

GAME = Lesson(
    (
        """\
%%writefile tictac.py
class Board:
    def __init__(self):
        self.cells, self.turn = [" "] * 9, "X"
    def push(self, at):
        assert self.cells[at] == " ", "taken"
        self.cells[at], self.turn = self.turn, "O" if self.turn == "X" else "X"
    def __str__(self):
        return "\\n".join("|".join(self.cells[i:i+3]) for i in (0, 3, 6))
""",
        CONFIG,
        """\
from typing_extensions import Annotated
from autogen import ConversableAgent, register_function
from tictac import Board
board = Board()
made_move = False

def make_move(move: Annotated[int, "A move from 0 to 8."]) -> Annotated[str, "Result of the move."]:
    board.push(move)
    global made_move
    made_move = True
    print(board)
    return f"Moved {board.cells[move]} to {move}."

def check_made_move(msg):
    global made_move
    made_move, made = False, made_move
    return made

white = ConversableAgent(name="Player_White", system_message="You are white.", llm_config=llm_config)
black = ConversableAgent(name="Player_Black", system_message="You are black.", llm_config=llm_config)
board_proxy = ConversableAgent(name="Board_Proxy", llm_config=False, is_termination_msg=check_made_move,
    default_auto_reply="Please make a move.", human_input_mode="NEVER")
for player in (white, black):
    register_function(make_move, caller=player, executor=board_proxy, name="make_move", description="Make a move.")
white.register_nested_chats(trigger=black,
    chat_queue=[{"sender": board_proxy, "recipient": white, "summary_method": "last_msg"}])
black.register_nested_chats(trigger=white,
    chat_queue=[{"sender": board_proxy, "recipient": black, "summary_method": "last_msg"}])
""",
        """\
board = Board()
chat_result = black.initiate_chat(white, message="Let's play! Your move.", max_turns=2)
""",
    ),
    (
        tool_call("make_move", move=4),
        "I moved to the centre. Your move.",
        "I think.",
        tool_call("make_move", move=0),
        "A corner for me.",
        tool_call("make_move", move=4),
        tool_call("make_move", move=8),
        "Now 8.",
    ),
)

OWN_CARRYOVER = Lesson(
    (
        CONFIG,
        """\
analyst = autogen.AssistantAgent(name="Financial_assistant", llm_config=llm_config)
researcher = autogen.AssistantAgent(name="Research_assistant", llm_config=llm_config)
writer = autogen.AssistantAgent(name="writer", llm_config=llm_config)
auto = autogen.UserProxyAgent(name="User_Proxy_Auto", human_input_mode="NEVER",
    is_termination_msg=lambda x: x.get("content", "") and x.get("content", "").rstrip().endswith("TERMINATE"),
    code_execution_config={"last_n_messages": 1, "work_dir": "tasks", "use_docker": False})
user = autogen.UserProxyAgent(name="User_Proxy", human_input_mode="ALWAYS", code_execution_config=False)
""",
        '''\
chat_results = autogen.initiate_chats([
    {"sender": auto, "recipient": analyst, "message": """Plot it.""", "clear_history": True, "silent": False},
    {"sender": auto, "recipient": researcher, "message": """Investigate.""", "max_turns": 2,
     "summary_method": "reflection_with_llm"},
    {"sender": user, "recipient": writer, "message": """Write.""", "carryover": "I want to include a figure."},
])
''',
        "[c.summary for c in chat_results]\n",
    ),
    (
        "```python\nprint('plotted')\n```",
        "Plotted. TERMINATE",
        "News: good.",
        "More news.",
        "The news are good.",
        "A text.",
        "A shorter text. TERMINATE",
    ),
    ("shorter please", "exit"),
    "nowhere",
    UNTIL_AG2_07,
)

PREREQUISITES = Lesson(
    (
        CONFIG,
        """\
first = autogen.AssistantAgent(name="Financial_assistant_1", llm_config=llm_config)
second = autogen.AssistantAgent(name="Financial_assistant_2", llm_config=llm_config)
writer = autogen.AssistantAgent(name="writer", llm_config=llm_config)
user = autogen.UserProxyAgent(name="User", human_input_mode="NEVER", code_execution_config=False)
""",
        """\
chat_results = await user.a_initiate_chats([  # noqa: F704
    {"chat_id": 1, "recipient": first, "message": "What are the prices?", "silent": False,
     "summary_method": "reflection_with_llm", "max_turns": 1},
    {"chat_id": 2, "prerequisites": [1], "recipient": second, "message": "Why?", "silent": False,
     "summary_method": "reflection_with_llm", "max_turns": 1},
    {"chat_id": 3, "prerequisites": [1, 2], "recipient": writer, "silent": False, "message": "Develop a short text.",
     "carryover": ["I want to include a figure.", "And a table."], "max_turns": 1},
])
""",
        """\
for i, chat_res in chat_results.items():
    print(f"*****{i}th chat*******:")
    print(chat_res.summary)
    print("Conversation cost: ", chat_res.cost)
""",
    ),
    ("NVDA 1, TSLA 2.", "Prices are 1 and 2.", "Because of the market.", "The market made them.", "A story. TERMINATE"),
    releases=UNTIL_AG2_07,
)

PLANNER = Lesson(
    (
        CONFIG,
        '''\
planner = autogen.AssistantAgent(name="planner", llm_config=llm_config)
planner_user = autogen.UserProxyAgent(name="planner_user", max_consecutive_auto_reply=0, human_input_mode="NEVER",
    code_execution_config={"use_docker": False})

def ask_planner(message):
    planner_user.initiate_chat(planner, message=message)
    # return the last message received from the planner
    return planner_user.last_message()["content"]

assistant = autogen.AssistantAgent(name="assistant", llm_config={"temperature": 0, "timeout": 600, **llm_config,
    "functions": [{"name": "ask_planner", "description": "ask planner", "parameters": {
        "type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}}]})
user_proxy = autogen.UserProxyAgent(name="user_proxy", human_input_mode="TERMINATE", max_consecutive_auto_reply=10,
    code_execution_config={"work_dir": "planning", "use_docker": False}, function_map={"ask_planner": ask_planner})
user_proxy.initiate_chat(assistant, message="""Suggest a fix to an open good first issue of flaml""")
''',
    ),
    (
        function_call("ask_planner", message="Plan it?"),
        "1. Go.\n2. Fix.\nReply TERMINATE.",
        "Step 1:\n```python\nprint(1)\n```",
        "OK. TERMINATE",
        "Done again.",
        "TERMINATE",
    ),
    ("why?", "exit"),
    "nowhere",
    UNTIL_AG2_07,
)

HIDDEN_MODEL = Lesson(
    (
        CONFIG,
        """\
from typing import Any, Dict, List, Optional, Union
class TutorAgent(autogen.ConversableAgent):
    def __init__(self, name, **kw):
        super().__init__(name, human_input_mode="NEVER", llm_config=False, **kw)
        self.register_reply([autogen.Agent, None], TutorAgent._generate_tutor_reply, position=2)
        self._inner = autogen.AssistantAgent("inner_tutor", llm_config=llm_config)
    def _generate_tutor_reply(self, messages=None, sender=None, config=None):
        if messages is None:
            messages = self._oai_messages[sender]
        answer = self._inner.generate_reply(messages=[{"role": "user", "content": messages[-1]["content"]}])
        return True, answer

class Loud(autogen.AssistantAgent):
    def generate_reply(self, messages=None, sender=None, **kwargs):
        reply = super().generate_reply(messages, sender, **kwargs)
        return reply.upper() if isinstance(reply, str) else reply

tutor = TutorAgent("tutor")
pupil = Loud("pupil", llm_config=llm_config)
def print_messages(recipient, messages, sender, config):
    print(f"Messages sent to: {recipient.name} | num messages: {len(messages)}")
    return False, None
tutor.register_reply([autogen.Agent, None], reply_func=print_messages, config={"callback": None})
pupil.initiate_chat(tutor, message="What is a tree?", max_turns=2)
""",
    ),
    ("A plant.", "and a bush?", "A small plant."),
    releases=UNTIL_AG2_07,
)

STATES = Lesson(
    (
        "import tempfile\nfrom autogen.coding import LocalCommandLineCodeExecutor\n",
        CONFIG,
        '''\
temp_dir = tempfile.TemporaryDirectory()
executor = LocalCommandLineCodeExecutor(timeout=10, work_dir=temp_dir.name)
initializer = autogen.UserProxyAgent(name="Init", code_execution_config=False)
coder = autogen.AssistantAgent(name="Retrieve_Action_1", llm_config=llm_config, system_message="""You are the Coder.""")
runner = autogen.UserProxyAgent(name="Retrieve_Action_2", system_message="Executor.", human_input_mode="NEVER",
    code_execution_config={"executor": executor})
scientist = autogen.AssistantAgent(name="Research_Action_1", llm_config=llm_config)

def state_transition(last_speaker, groupchat):
    messages = groupchat.messages
    if last_speaker is initializer:
        return coder
    elif last_speaker is coder:
        return runner
    elif last_speaker is runner:
        return coder if messages[-1]["content"].startswith("exitcode: 1") else scientist
    return None

groupchat = autogen.GroupChat(agents=[initializer, coder, runner, scientist], messages=[], max_round=20,
    speaker_selection_method=state_transition)
manager = autogen.GroupChatManager(groupchat=groupchat, llm_config=llm_config)
initializer.initiate_chat(manager, message="Topic: LLM papers. Requirement: 5 - 10 papers.")
''',
    ),
    ("```python\nprint(1 / 0)\n```", "```python\nprint('papers')\n```\n```python\nprint('more')\n```", "Table."),
)

SOCIETY = Lesson(
    (
        SETUP,
        """\
import os
import autogen
from autogen.agentchat.contrib.society_of_mind_agent import SocietyOfMindAgent

llm_config = {"config_list": [{"model": "gpt-4", "api_key": os.environ["OPENAI_API_KEY"]}], "cache_seed": None}
""",
        """\
def is_done(x):
    return x.get("content", "").find("TERMINATE") >= 0

assistant = autogen.AssistantAgent("inner-assistant", llm_config=llm_config, is_termination_msg=is_done)
interpreter = autogen.UserProxyAgent("inner-code-interpreter", human_input_mode="NEVER",
    code_execution_config={"work_dir": "coding", "use_docker": False}, default_auto_reply="",
    is_termination_msg=is_done)
groupchat = autogen.GroupChat(agents=[assistant, interpreter], messages=[], speaker_selection_method="round_robin",
    allow_repeat_speaker=False, max_round=8)
manager = autogen.GroupChatManager(groupchat=groupchat, is_termination_msg=is_done, llm_config=llm_config)
society = SocietyOfMindAgent("society_of_mind", chat_manager=manager, llm_config=llm_config)
user_proxy = autogen.UserProxyAgent("user_proxy", human_input_mode="NEVER", code_execution_config=False,
    default_auto_reply="", is_termination_msg=lambda x: True)
user_proxy.initiate_chat(society, message="On which days was the stock higher than $370?")
""",
    ),
    ("```python\nprint('2024-01-02')\n```", "It was on 2 January. TERMINATE", "The stock was higher on 2 January."),
    releases=UNTIL_AG2_07,
)

IN_IPYTHON = Lesson(
    (
        '%pip install "pyautogen~=0.2.0b2" -q\n',
        CONFIG,
        """\
llm_config = {**llm_config, "timeout": 120, "functions": [
    {"name": name, "description": f"run {name}.", "parameters": {
        "type": "object", "properties": {"cell": {"type": "string"}}, "required": ["cell"]}}
    for name in ("python", "sh")]}
chatbot = autogen.AssistantAgent(name="chatbot", llm_config=llm_config)
user_proxy = autogen.UserProxyAgent(name="user_proxy", human_input_mode="NEVER", max_consecutive_auto_reply=10,
    is_termination_msg=lambda x: x.get("content", "") and x.get("content", "").rstrip().endswith("TERMINATE"),
    code_execution_config={"work_dir": "coding", "use_docker": False})
from IPython import get_ipython

def exec_python(cell):
    ipython = get_ipython()
    result = ipython.run_cell(cell)
    log = str(result.result)
    if result.error_in_exec is not None:
        log += f"\\n{result.error_in_exec}"
    return log

user_proxy.register_function(function_map={"python": exec_python})
user_proxy.initiate_chat(chatbot, message="Draw two agents chatting with each other. Don't add plt.show().")
""",
    ),
    (
        function_call("python", cell="print('hello')\nx = 5\nx * 2"),
        function_call("python", cell="1/0"),
        function_call("nothing", a=1),
        function_call("sh", "not json {"),
        "Done. TERMINATE",
    ),
    releases=UNTIL_AG2_07,
)

SWARM = Lesson(
    (
        CONFIG,
        '''\
from autogen import (AfterWork, AfterWorkOption, ConversableAgent, OnCondition, SwarmResult, UserProxyAgent,
    initiate_swarm_chat, register_hand_off)

def cancel_flight(context_variables: dict) -> SwarmResult:
    """Cancel a flight."""
    context_variables["cancelled"] = True
    return SwarmResult(values="Flight cancelled.", context_variables=context_variables, agent=triage)

triage = ConversableAgent(name="Triage_Agent", system_message="You triage.", llm_config=llm_config)
flight = ConversableAgent(name="Flight_Agent", llm_config=llm_config, functions=[cancel_flight])
register_hand_off(agent=triage, hand_to=[OnCondition(target=flight, condition="To cancel a flight"),
    AfterWork(agent=AfterWorkOption.REVERT_TO_USER)])
register_hand_off(agent=flight, hand_to=[AfterWork(AfterWorkOption.TERMINATE)])
user = UserProxyAgent(name="User", human_input_mode="ALWAYS", code_execution_config=False)
''',
        """\
chat_history, context, last = initiate_swarm_chat(initial_agent=triage, agents=[triage, flight], user_agent=user,
    messages="I want to cancel my flight!", after_work=AfterWork(AfterWorkOption.TERMINATE),
    context_variables={"passenger": "Tom"}, max_rounds=20)
""",
        "print(context, last.name)\n",
    ),
    (tool_call("transfer_Triage_Agent_to_Flight_Agent"), tool_call("cancel_flight"), "It is done. More?", "Bye."),
    ("no thanks", "exit"),
    releases=ONLY_AG2_07,
)

RUNS = Lesson(
    (
        CONFIG,
        """\
from typing import Annotated
from autogen import ConversableAgent
from autogen.tools import tool

@tool(description="Add two numbers")
def add(a: Annotated[int, "first"], b: Annotated[int, "second"]) -> str:
    return str(a + b)

helper = ConversableAgent(name="helper", system_message="You help.", human_input_mode="NEVER", llm_config=llm_config)
response = helper.run(message="Add 2 and 3", max_turns=3, tools=add, user_input=False)
response.process()
""",
        """\
print(response.summary)
response.context_variables
""",
        """\
response = helper.run(message="And what about you?", max_turns=2, user_input=True)
response.process()
""",
    ),
    (tool_call("add", a=2, b=3), "It is 5.", "Anything more? TERMINATE", "I am fine.", "Good."),
    ("tell me more", "exit"),
    "nowhere",
    ONLY_AG2_014,
)

PUBLISHED = {
    "both_at_once": BOTH_AT_ONCE,
    "feedback_colab": FEEDBACK,
    "feedback_lab": FEEDBACK._replace(shows_typed="stdin"),
    "feedback_vscode": FEEDBACK._replace(shows_typed="nowhere"),
    "game": GAME,
    "hidden_model": HIDDEN_MODEL,
    "in_ipython": IN_IPYTHON,
    "manual_group_lab": MANUAL_GROUP._replace(shows_typed="stdin"),
    "manual_group_vscode": MANUAL_GROUP._replace(shows_typed="nowhere"),
    "own_carryover": OWN_CARRYOVER,
    "planner": PLANNER,
    "prerequisites": PREREQUISITES,
    "random_group": RANDOM_GROUP,
    "research_group_lab": RESEARCH_GROUP._replace(shows_typed="stdin"),
    "research_group_vscode": RESEARCH_GROUP._replace(shows_typed="nowhere"),
    "runs": RUNS,
    "society": SOCIETY,
    "states": STATES,
    "swarm": SWARM,
}
