"""What the agents of a research hand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

__all__ = ("CompletedTask", "GatheredInformation", "InformationCrumb", "Subquestion", "SubquestionAnswer", "Task")


class Subquestion(BaseModel):
    """A part of a question."""

    question: Annotated[str, Field(description="The part, clear to somebody who knows nothing else.")]

    def format(self) -> str:
        """Write it as agents read it."""
        return f"Question: {self.question}\n"


class SubquestionAnswer(Subquestion):
    """A part of a question, with its answer."""

    answer: Annotated[str, Field(description="What was found.")]

    def format(self) -> str:
        """Write it as agents read it."""
        return f"{super().format()}{self.answer}\n"


class Task(BaseModel):
    """A question and its parts."""

    question: Annotated[str, Field(description="The whole question.")]
    subquestions: Annotated[list[Subquestion], Field(description="Its parts, each looked up by itself.")]

    def format(self) -> str:
        """Write it as agents read it."""
        return _formatted(self.question, self.subquestions)


class CompletedTask(BaseModel):
    """A question and its parts, with the answers."""

    question: Annotated[str, Field(description="The whole question.")]
    subquestions: Annotated[list[SubquestionAnswer], Field(description="Its parts and their answers.")]

    def format(self) -> str:
        """Write it as agents read it."""
        return _formatted(self.question, self.subquestions)


def _formatted(question: str, parts: Sequence[Subquestion]) -> str:
    numbered = (f"Subquestion {number}:\n{part.format()}" for number, part in enumerate(parts, 1))
    return f"Task: {question}\n\n" + "\n".join(numbered)


class InformationCrumb(BaseModel):
    """What one page says about a question."""

    source_url: Annotated[str, Field(description="The address of the page.")]
    source_title: Annotated[str, Field(description="Its title.")]
    source_summary: Annotated[str, Field(description="What the page is about, in a sentence or two.")]
    relevant_info: Annotated[str, Field(description="What it says about the question.")]


class GatheredInformation(BaseModel):
    """What several pages say about a question."""

    information: Annotated[list[InformationCrumb], Field(description="What each page says.")]

    def format(self) -> str:
        """Write it as agents read it."""
        pages = (
            f"URL: {crumb.source_url}\nTitle: {crumb.source_title}\nSummary: {crumb.source_summary}\n"
            f"Relevant Information: {crumb.relevant_info}\n\n"
            for crumb in self.information
        )
        return "Here is the gathered information: \n" + "".join(pages)
