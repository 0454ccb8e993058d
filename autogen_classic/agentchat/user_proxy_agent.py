"""An agent that stands in for a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

from .._core.events import AgentCreated, is_heard
from .conversable_agent import ConversableAgent

__all__ = ("UserProxyAgent",)


class UserProxyAgent(ConversableAgent):
    """An agent that stands in for a person: it asks them, and runs the code that others write.

    By default the person is asked before every reply, code runs, and no model speaks for the agent.
    """

    DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS: ClassVar[dict[str, str]] = {
        "ALWAYS": "A person who follows the conversation, answers questions about the task, decides, and can run "
        "Python programs and shell commands and report what came out.",
        "TERMINATE": "A user who runs Python programs and shell commands, reports what came out, and answers "
        "questions when the task is about to end.",
        "NEVER": "A computer that runs the Python programs and shell commands it is given (in fenced code blocks), "
        "and reports what came out. It does nothing else.",
    }

    def __init__(
        self,
        name: str,
        is_termination_msg: Callable[[dict[str, Any]], bool] | None = None,
        max_consecutive_auto_reply: int | None = None,
        human_input_mode: Literal["ALWAYS", "TERMINATE", "NEVER"] = "ALWAYS",
        function_map: dict[str, Callable[..., Any]] | None = None,
        code_execution_config: dict[str, Any] | Literal[False] | None = {},  # noqa: B006 - as in v0.2; copied
        default_auto_reply: str | dict[str, Any] | None = "",
        llm_config: dict[str, Any] | Literal[False] | None = False,
        system_message: str | list[Any] | None = "",
        description: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Create an agent for a person; see `ConversableAgent` for the arguments.

        Raises:
            ValueError: there is no description, and none is known for this human_input_mode.
        """
        init_args = dict(locals()) if is_heard(AgentCreated) else None
        if description is None:
            modes = self.DEFAULT_USER_PROXY_AGENT_DESCRIPTIONS
            if human_input_mode not in tuple(modes):
                raise ValueError(
                    f"human_input_mode of {name} must be one of {', '.join(map(repr, modes))}, in capitals, but it is "
                    f"{human_input_mode!r}."
                )
            description = modes[human_input_mode]
        super().__init__(
            name=name,
            system_message=system_message,
            is_termination_msg=is_termination_msg,
            max_consecutive_auto_reply=max_consecutive_auto_reply,
            human_input_mode=human_input_mode,
            function_map=function_map,
            code_execution_config=code_execution_config,
            llm_config=llm_config,
            default_auto_reply=default_auto_reply,  # type: ignore[arg-type]
            description=description,
            **kwargs,
        )
        self._classic_announce(init_args)
