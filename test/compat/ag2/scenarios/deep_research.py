"""DeepResearchTool: who is asked in which order, which tools each is offered, and what comes out.

Nothing is looked up: the agent for the web answers in words, so that stand-ins for the packages of its browser will do.
"""

import sys
import types

from scenario import State, hide_prompts, llm_config, note, tool_calls

PACKAGES = (
    *("browser_use", "browser_use.browser", "browser_use.browser.browser", "browser_use.controller"),
    *("langchain_anthropic", "langchain_google_genai", "langchain_ollama", "langchain_openai"),
)
QUESTION = "how tall is a heron"
PARTS = ("which heron", "what height")
TEXTS = ("two parts they are", "grey they say", "ninety they say", "in short ninety", "say more", "ninety and more")


class StandIn(types.ModuleType):
    """A package of which every name is an empty class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def main(mode):
    for package in PACKAGES:
        sys.modules[package] = StandIn(package)
    from autogen.tools.experimental import DeepResearchTool

    def research(*replies):
        hide_prompts("model", QUESTION, *PARTS, *TEXTS, "Answer confirmed:", "Subquestions answered:", "Reasoning:")
        tool = DeepResearchTool(llm_config(*replies, name="model"), max_web_steps=3)
        note("answer", tool.func(task=QUESTION))
        sys.stdout.seek(0)  # the talks are the requests once more, in other words
        sys.stdout.truncate()
        for request in State.server.requests:  # what tools are for is said in each library's own words
            for tool in request["body"].get("tools", []):
                if "function" in tool:
                    described = tool.pop("function")
                    tool |= {"name": described["name"], "needs": described["parameters"]["required"]}

    split = tool_calls(("split_question_and_answer_subquestions", {"question": QUESTION}))
    task = {"question": QUESTION, "subquestions": [{"question": part} for part in PARTS]}
    parts = tool_calls(("generate_subquestions", {"task": task}))
    found = [tool_calls(("confirm_answer", {"answer": answer})) for answer in TEXTS[1:3]]
    summary = tool_calls(("confirm_summary", {"answer": TEXTS[3], "reasoning": TEXTS[0]}))
    searches = [TEXTS[1], found[0], TEXTS[2], TEXTS[4], TEXTS[5], found[1]]
    research(split, TEXTS[0], parts, *searches, TEXTS[3], summary)
    research(split, TEXTS[0], TEXTS[4], TEXTS[0], parts, *searches, TEXTS[3], TEXTS[4], TEXTS[5], summary)
    research(TEXTS[3], summary)
