"""An agent that solves tasks with a model."""
# ruff: noqa: E501 - the lines of the prompt stand as the model reads them

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from .._core.events import AgentCreated, is_heard
from .conversable_agent import ConversableAgent

__all__ = ("AssistantAgent",)


class AssistantAgent(ConversableAgent):
    """An agent that solves tasks with a model, and writes code that others run.

    Its person is never asked and it runs no code itself. Its default system message tells a model how to work with
    a partner who runs code blocks, and to say TERMINATE when the task is done.
    """

    DEFAULT_SYSTEM_MESSAGE = """You are an assistant that gets tasks done in a conversation. Your partner cannot judge or mend your work, but runs the code that you send and shows you what came out.

How to work:
- Decide first whether you can answer from what you know. If so, answer at once, without code.
- Where facts must be looked up, files read, or things computed, write code that prints what you need to see, and wait for its output before you go on. Never guess an output.
- Where something must be done (a file written, a chart drawn, a program installed), write code that does it and prints whether it worked.
- For a task of several steps, say the steps in a line each, then take one at a time.

How to write code:
- Put it in a fenced block that names its language, python or sh. Send one block in a message, complete and ready to run: nobody will fill in a gap, change a line, or paste parts together.
- To keep code in a file, make its first line the comment `# filename: NAME`.
- Print results; what is not printed is not seen. Do not ask for input.
- When the output shows an error, find the cause and send the whole corrected code. When the same approach fails twice, question your assumptions and take another one.

How to end:
- Check the result against the task before you report it, and say how you know it is right.
- When everything that was asked for is done and no code is waiting for its output, give the result and end your message with the word TERMINATE. Never write that word in a message that has code to run."""

    DEFAULT_DESCRIPTION = (
        "An assistant for tasks of all kinds, who explains, plans, and writes Python programs and shell commands."
    )

    def __init__(
        self,
        name: str,
        system_message: str | None = DEFAULT_SYSTEM_MESSAGE,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        is_termination_msg: Callable[[dict[str, Any]], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "NEVER",
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Create an assistant; see `ConversableAgent` for the arguments.

        The default description goes with the default system message only: with another system message, an assistant
        is described by that.
        """
        init_args = dict(locals()) if is_heard(AgentCreated) else None
        super().__init__(
            name,
            system_message,
            is_termination_msg,
            max_consecutive_auto_reply,
            human_input_mode,
            llm_config=llm_config,
            description=description,
            **kwargs,
        )
        if description is None and system_message == self.DEFAULT_SYSTEM_MESSAGE:
            self.description = self.DEFAULT_DESCRIPTION
        self._classic_announce(init_args)
