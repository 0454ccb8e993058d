"""A tool that tells the time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ...._argument_checks import arguments_checked
from ...tool import Tool

__all__ = ("TimeTool",)


class TimeTool(Tool):
    """Tells the date and the time of this computer."""

    @arguments_checked
    def __init__(self, *, date_time_format: str = "%Y-%m-%d %H:%M:%S") -> None:
        """Make the tool, whose name is ``date_time``.

        Args:
            date_time_format: how they are written, as for `datetime.datetime.strftime`; the model may choose another.

        Raises:
            TypeError: the format is not a text.
        """

        async def get_date_and_time(
            date_time_format: Annotated[str, "date/time Python format"] = date_time_format,
        ) -> str:
            return datetime.now().strftime(date_time_format)

        super().__init__(
            name="date_time", description="Tell the current date and time.", func_or_tool=get_date_and_time
        )
