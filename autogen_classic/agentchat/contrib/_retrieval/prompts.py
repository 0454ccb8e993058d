"""What a model is told to do with the context that was found for it. The texts are our own, as 0.2's are its own."""

from __future__ import annotations

import re

__all__ = ("PROMPTS", "PROMPT_CODE", "PROMPT_DEFAULT", "PROMPT_QA", "UPDATE_CONTEXT_IN_PROMPT", "filled")

UPDATE_CONTEXT_IN_PROMPT = "answer with `UPDATE CONTEXT` and nothing else"

PROMPT_DEFAULT = f"""\
Below are excerpts from documents, and something that a user wants. The user wants either an answer or code; find out
which, and work from the excerpts and from what you know of the subject.

- If the excerpts, together with what has been said, are not enough to go on, {UPDATE_CONTEXT_IN_PROMPT}; you will then
  be shown others.
- For an answer: say it as briefly as you can, and do not explain how you found it.
- For code: write the whole program, so that it runs without being edited, in one fenced block that names its language:
```python
# the program
```
  Use only packages that are imported in the excerpts or come with Python; do not install anything.

The user wants: {{input_question}}

The excerpts: {{input_context}}

Name, below your answer, those of the following sources that you used: {{input_sources}}
"""

PROMPT_CODE = f"""\
Below are excerpts from the documentation or the source of software, and a programming task. Solve the task by what the
excerpts say about the software; where they contradict what you remember, believe the excerpts.

- If the excerpts are not enough to go on, {UPDATE_CONTEXT_IN_PROMPT}; you will then be shown others.
- Otherwise write the whole program, so that it runs without being edited, in one fenced block that names its language:
```python
# the program
```
- Do not install anything: all packages that the task needs are there.

The task: {{input_question}}

The excerpts: {{input_context}}
"""

PROMPT_QA = f"""\
Below are excerpts from documents, and a question. Answer the question from the excerpts and from what you know of the
subject.

- If the excerpts, together with what has been said, are not enough to answer, {UPDATE_CONTEXT_IN_PROMPT}; you will then
  be shown others.
- Otherwise answer as briefly as you can, and do not explain how you found it.

The question: {{input_question}}

The excerpts: {{input_context}}
"""

PROMPTS = {"CODE": PROMPT_CODE, "QA": PROMPT_QA, "DEFAULT": PROMPT_DEFAULT}


def filled(prompt: str, question: str, context: str, sources: str) -> str:
    """Fill a prompt, ours or a program's.

    Args:
        prompt: has any of the places ``{input_question}``, ``{input_context}`` and ``{input_sources}``. It is filled
            as `str.format` does; one with other braces in it, such as an example of JSON, is taken as it stands.
        question: what the user wants.
        context: what was found.
        sources: where it was found.
    """
    values = {"input_question": question, "input_context": context, "input_sources": sources}
    try:
        return prompt.format(**values)
    except (KeyError, IndexError, ValueError, AttributeError):
        return re.sub("|".join(rf"\{{{place}\}}" for place in values), lambda found: values[found[0][1:-1]], prompt)
