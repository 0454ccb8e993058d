"""An agent whose model can ask for the time."""

from __future__ import annotations

from typing import Any

from ...._argument_checks import arguments_checked
from ....agentchat.conversable_agent import ConversableAgent
from ....tools.contrib.time import TimeTool

__all__ = ("TimeToolAgent",)


class TimeToolAgent(ConversableAgent):
    """An agent whose model knows the tool ``date_time``; another agent of the chat runs it."""

    DEFAULT_SYSTEM_MESSAGE = (
        "You tell the date and the time. Ask the tool date_time for them, as you do not know them yourself, and give "
        "them in the form that is wanted."
    )

    @arguments_checked
    def __init__(self, date_time_format: str = "%Y-%m-%d %H:%M:%S", **kwargs: Any) -> None:
        """Create the agent; for other arguments, ``name`` and ``llm_config`` among them, see `ConversableAgent`.

        Args:
            date_time_format: how the tool writes them, as for `datetime.datetime.strftime`; the model may choose
                another form.
            **kwargs: further arguments of `ConversableAgent`.

        Raises:
            TypeError: the format is not a text.
        """
        super().__init__(**{"system_message": self.DEFAULT_SYSTEM_MESSAGE, **kwargs})
        TimeTool(date_time_format=date_time_format).register_for_llm(self)
