"""A program is killed while an agent elsewhere answers: the policy for tools says whether that one is asked again."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent
from asgi_kit import served
from killing import Stage

from autogen_classic import ConversableAgent
from autogen_classic.testing import MockOpenAIServer

pytest.importorskip("a2a")
pytest.importorskip("uvicorn")
from autogen_classic.a2a import A2aAgentServer

SECONDS = 60  # after which a test that stands still has failed
PROGRAM = Path(__file__).with_name("program_elsewhere.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


class Elsewhere:
    """An agent that counts what it is asked; its second answer comes only when the test lets it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.agent = agent("bot")
        self.agent.register_reply([ConversableAgent, None], self.reply)

    def reply(self, recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        self.asked.append(messages[-1]["content"])
        number = len(self.asked)
        if number == 2:
            self.is_asked.set()
            assert self.may_answer.wait(SECONDS)
        return True, f"Answer {number}."


@pytest.mark.parametrize(
    ("way", "policy", "typed", "last", "times"),
    [
        ("sync", "rerun", (), "Answer 3.", 3),
        ("async", "ask", ("again",), "Answer 3.", 3),
        ("async", "ask", ("It said yes.",), "It said yes.", 2),
    ],
)
def test_an_agent_elsewhere_is_asked_again_only_as_the_policy_says(
    way: str, policy: str, typed: tuple[str, ...], last: str, times: int, tmp_path: Path
) -> None:
    there = Elsewhere()
    with (
        served(lambda url: A2aAgentServer(there.agent, url=url).build()) as url,
        MockOpenAIServer() as server,
    ):
        (tmp_path / "url").write_text(url, encoding="utf-8")
        stage = Stage(PROGRAM, tmp_path, "visitor", way, server, Counter())
        try:
            process = stage.start()
            assert there.is_asked.wait(SECONDS)
            os.kill(process, signal.SIGKILL)
            stage.wait()
            there.may_answer.set()

            stage.interrupted = "fail"
            stage.finish()
            assert (stage.is_over, len(there.asked)) == (False, 2)

            stage.interrupted = policy
            stage.finish(typed)
            first = stage.outcome()
            (tmp_path / "outcome.json").unlink()
            stage.finish()
            assert stage.outcome() == first, "what the person or the agent has answered is kept"
        finally:
            stage.stop()
    assert [message["content"] for message in first["user"][0]] == ["Hi.", "Answer 1.", "Go on.", last]
    assert there.asked == ["Hi.", "Go on.", "Go on."][:times]
