"""EcoAssistant: ask the cheap model first, and let solved questions help with the next ones.

A question goes to the cheapest assistant. Only if its code does not lead to an answer does the next dearer one try. The
code that solved a question is kept, and shown as an example with the next question that is like it, so that the cheap
assistant succeeds more often. Scripts play both models, each with a price.

The method is that of *EcoAssistant: Using LLM Assistant More Affordably and Accurately* (Zhang et al., 2023).
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from autogen_classic import AssistantAgent, ChatResult, UserProxyAgent
from autogen_classic.testing import ScriptedClient


@dataclass
class Example:
    """A question that was solved, and the message that solved it."""

    question: str
    solution: str


class Memory:
    """Solved questions; the nearest one is an example for the next question."""

    def __init__(self) -> None:
        self._examples: list[Example] = []

    def add(self, question: str, solution: str) -> None:
        self._examples.append(Example(question, solution))

    def shown_with(self, question: str) -> str:
        """The question, after the nearest example if there is one."""

        def likeness(example: Example) -> float:
            return SequenceMatcher(None, example.question, question).ratio()

        nearest = max(self._examples, key=likeness, default=None)
        if nearest is None:
            return question
        return f"An example:\n{nearest.question}\n{nearest.solution}\n\nThe question:\n{question}"


def cost_of(result: ChatResult) -> float:
    return float(result.cost["usage_including_cached_inference"]["total_cost"])


def succeeded(result: ChatResult) -> bool:
    """Whether some code ran without an error, and the assistant then ended the chat itself."""
    ran = any("execution succeeded" in message["content"] for message in result.chat_history)
    return ran and result.chat_history[-1]["content"].endswith("TERMINATE")


def solution_in(result: ChatResult) -> str:
    """The last message with code; it stands before the output that ended well."""
    return next(message["content"] for message in reversed(result.chat_history) if "```" in message["content"])


def ask(question: str, assistants: list[AssistantAgent], memory: Memory) -> tuple[str, list[str], float]:
    """Ask one assistant after the other, from cheap to dear, until one succeeds.

    Returns:
        The answer, who was asked, and the cost in US dollars.
    """
    asked, cost = [], 0.0
    for assistant in assistants:
        executor = UserProxyAgent(
            "executor",
            human_input_mode="NEVER",
            code_execution_config={"work_dir": "eco", "use_docker": False},
            is_termination_msg=lambda message: message["content"].endswith("TERMINATE"),
        )
        result = executor.initiate_chat(assistant, message=memory.shown_with(question), max_turns=3)
        asked.append(assistant.name)
        cost += cost_of(result)
        assistant.client.clear_usage_summary()
        if succeeded(result):
            memory.add(question, solution_in(result))
            return result.chat_history[-1]["content"].removesuffix("TERMINATE").strip(), asked, cost
    return "Nobody knows.", asked, cost


cheap = ScriptedClient(
    [
        "```python\nprint(weekday('2000-02-29'))\n```",  # an invented function
        "I do not know better. TERMINATE",
        "```python\nimport datetime\nprint(datetime.date(2004, 2, 29).strftime('%A'))\n```",  # as in the example
        "It was a Sunday. TERMINATE",
    ],
    cost=0.001,
)
dear = ScriptedClient(
    [
        "```python\nimport datetime\nprint(datetime.date(2000, 2, 29).strftime('%A'))\n```",
        "It was a Tuesday. TERMINATE",
    ],
    cost=0.03,
)
assistants = [
    AssistantAgent("cheap", llm_config=cheap.llm_config()),
    AssistantAgent("dear", llm_config=dear.llm_config()),
]
memory = Memory()
first = ask("Which day of the week was 29 February 2000?", assistants, memory)
second = ask("Which day of the week was 29 February 2004?", assistants, memory)
for answer, asked, cost in (first, second):
    print(f"{answer} (asked {' and '.join(asked)}, ${cost:.3f})")
