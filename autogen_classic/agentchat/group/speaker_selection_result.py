"""What a target says about the next speaker of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

if TYPE_CHECKING:
    from ..agent import Agent
    from ..groupchat import GroupChat

__all__ = ("SpeakerSelectionResult",)


class SpeakerSelectionResult(BaseModel):
    """Who speaks next, or how that is found out. One of the three is given.

    Attributes:
        terminate: True ends the chat.
        agent_name: the name of the agent that speaks next.
        speaker_selection_method: the method of the group that chooses: "auto", "manual", "random" or "round_robin".
    """

    terminate: bool | None = None
    agent_name: str | None = None
    speaker_selection_method: str | None = None

    def get_speaker_selection_result(self, groupchat: GroupChat) -> Agent | Literal["auto", "manual"] | str | None:
        """Give the result the form in which a selection function returns it.

        Args:
            groupchat: the group.

        Returns:
            The agent, the name of a method, or None to end the chat.

        Raises:
            ValueError: no agent of the group has the name, or nothing is given at all.
        """
        if self.agent_name is not None:
            agent: Any = groupchat.agent_by_name(self.agent_name)
            if agent is None:
                raise ValueError(
                    f"Agent '{self.agent_name}' not found in groupchat. Its agents are "
                    f"{', '.join(groupchat.agent_names)}."
                )
            return agent  # type: ignore[no-any-return]
        if self.speaker_selection_method is not None:
            return self.speaker_selection_method
        if self.terminate is not None and self.terminate:
            return None
        raise ValueError(
            "Unable to establish speaker selection result. No terminate, agent, or speaker selection method provided."
        )
