"""A program that talks to an agent elsewhere, to be killed while that one answers. Its address is in the file `url`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import program_to_kill
from program_to_kill import Effects

from autogen_classic import ConversableAgent
from autogen_classic.a2a import A2aRemoteAgent


class Visitor:
    """Asks an agent elsewhere twice."""

    def __init__(self, llm_config: dict[str, Any], effects: Effects) -> None:
        self.user = ConversableAgent("user", llm_config=False, human_input_mode="NEVER", default_auto_reply="Go on.")
        self.remote = A2aRemoteAgent(url=Path("url").read_text(encoding="utf-8"), name="remote")

    def talk(self, way: str) -> dict[str, Any]:
        settings: dict[str, Any] = {"message": "Hi.", "max_turns": 2, "silent": True}
        if way == "async":
            asyncio.run(self.user.a_initiate_chat(self.remote, **settings))
        else:
            self.user.initiate_chat(self.remote, **settings)
        return {agent.name: list(agent.chat_messages.values()) for agent in (self.user, self.remote)}


if __name__ == "__main__":
    program_to_kill.TEAMS.update(visitor=Visitor)
    program_to_kill.main()
