"""An agent that answers everything with the time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ...._argument_checks import arguments_checked
from ...._core.messages import Message
from ...._core.party import Agent, Outcome
from ....agentchat.conversable_agent import ConversableAgent

__all__ = ("TimeReplyAgent",)


class TimeReplyAgent(ConversableAgent):
    """An agent that answers everything with the date and the time, without a model."""

    DEFAULT_SYSTEM_MESSAGE = "You tell the date and the time."

    @arguments_checked
    def __init__(
        self,
        date_time_format: str = "%Y-%m-%d %H:%M:%S",
        output_prefix: str = "Tick, tock, the current date/time is ",
        **kwargs: Any,
    ) -> None:
        """Create the agent; for other arguments, ``name`` among them, see `ConversableAgent`.

        Args:
            date_time_format: how they are written, as for `datetime.datetime.strftime`.
            output_prefix: what stands before them.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            TypeError: the format or the prefix is not a text.
        """
        super().__init__(**{"system_message": self.DEFAULT_SYSTEM_MESSAGE, **kwargs})

        def get_date_time_reply(
            agent: ConversableAgent,
            messages: list[Message] | None = None,
            sender: Agent | None = None,
            config: object = None,
        ) -> Outcome:
            return True, {"content": f"{output_prefix}{datetime.now().strftime(date_time_format)}."}

        self.register_reply([Agent, None], get_date_time_reply, remove_other_reply_funcs=True)
