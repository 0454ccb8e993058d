"""What the model of the builder is told, and what the agents of a team are told about working together."""

from __future__ import annotations

__all__ = ("BuilderPrompts",)


class BuilderPrompts:
    """The texts of the builder; a program may replace any of them on a builder or on its class."""

    DEFAULT_DESCRIPTION = """You are (a profession, and the experience that makes it useful here).

The team counts on you for:
- (what nobody else in the team can do)

You work like this:
- (the steps from a question to a result)
- (how you notice that a result is wrong)

You hand over to others:
- (what they do better)
"""

    CODING_AND_TASK_SKILL_INSTRUCTION = """## Working with code
- When a step needs a calculation, a file or a page, write Python or shell code for it in a block that begins with \
```python or ```sh. The block runs as it stands: leave nothing to fill in, and print what you need to see.
- Send one block, then wait for its output. When it fails, correct the code; when it shows that the plan is wrong, \
change the plan.
- Never invent the output of code.
"""

    GROUP_CHAT_DESCRIPTION = """You are {name}. Taking part: {members}. Everybody reads every message.
{user_proxy_desc}
House rules:
1. Open with a short plan; from then on, one step in each message.
2. Say so when a step of somebody else is wrong, and why. Leave to each what that member knows best.
3. A result counts when a second way has led to it.
4. Is everybody content with the result? Then one of you sums it up, and closes with the word TERMINATE.

{sys_msg}
"""

    DEFAULT_PROXY_AUTO_REPLY = (
        "Nothing to run here: I wait for a ```python or ```sh block. Go on with what is still to do; or, if the result "
        "stands and has been checked, close with TERMINATE."
    )

    CODING_PROMPT = """Would it help to run programs for the task below, for instance to calculate, to read files, or \
to look something up?

Task: {task}

Answer with YES or NO and nothing else.
"""

    AGENT_NAME_PROMPT = """Put together a team of experts for a task.

Task: {task}

Choose as few experts as the task needs, {max_agents} at most, each with a skill that the others lack. Name each after \
the skill, in letters, digits and underscores, such as Organic_Chemist or Python_Programmer.
Answer with the names alone, separated by commas.
"""

    AGENT_SYS_MSG_PROMPT = """Write the profile of an expert in a team.

Task of the team: {task}
Name of the expert: {position}

Fill in this form. Address the expert as "you", be concrete, and keep to what this task needs.

{default_sys_msg}
Answer with the profile alone.
"""

    AGENT_DESCRIPTION_PROMPT = """Say in one sentence what this expert is good for, for others who look for help.

Name of the expert: {position}
Profile of the expert:
{sys_msg}

Answer with the sentence alone.
"""

    AGENT_SEARCHING_PROMPT = """Choose experts for a task from a list.

Task: {task}

The experts, each with a description:
{agent_list}

Choose those who could contribute, {max_agents} at most, the most useful first. Answer with their names alone, \
separated by commas.
"""

    AGENT_SELECTION_PROMPT = """Find out which skills a task needs, and who has them.

Task: {skills}

The experts at hand, each with a description:
{expert_pool}

Answer with a JSON object and nothing else. Each key describes a skill that the task needs; its value is the name of \
the expert who has it, or "None" if nobody has it, such as
{{"solve differential equations": "Mathematician", "judge the style of a text": "None"}}
"""

    AGENT_FUNCTION_MAP_PROMPT = """Decide who should use a function.

Name of the function: {function_name}
What it does: {function_description}

The experts, {format_agent_details}:
{agent_details}

Answer with the name of the expert who needs the function most and nothing else.
"""

    UPDATED_AGENT_SYSTEM_MESSAGE = """{agent_system_message}
# A function for you
You can call the function {function_name}. {function_description}
"""
