"""Chats that run at the same time keep their histories apart, also with shared clients."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

CHATS = 200


def test_two_threads_chat_at_once_through_one_client(serve: Any, agent: Any) -> None:
    meeting = threading.Barrier(2, timeout=20)

    def answer(request: Any) -> str:
        meeting.wait()  # both requests are under way before either is answered
        return f"You said: {request.last_text}"

    server = serve()
    server.default = answer
    config = server.config()
    people, helpers = [agent("p0"), agent("p1")], [agent("h0", config), agent("h1", config)]
    helpers[1].client = helpers[0].client
    results: dict[int, Any] = {}

    def run(number: int) -> None:
        person = people[number]
        person.register_reply([type(person)], lambda recipient, messages, sender, config: (True, f"more {number}"))
        results[number] = person.initiate_chat(helpers[number], message=f"hello {number}", max_turns=5, silent=True)

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    for number in (0, 1):
        mine = [f"hello {number}"] + [f"more {number}"] * 4
        expected = [text for said in mine for text in (said, f"You said: {said}")]
        assert [message["content"] for message in results[number].chat_history] == expected
    assert helpers[0].client.total_usage_summary["mock-model"]["completion_tokens"] > 0


def test_one_agent_chats_with_partners_in_two_threads(agent: Any) -> None:
    meeting = threading.Barrier(2, timeout=20)
    helper = agent("helper")

    def echo(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
        meeting.wait()
        return True, f"{sender.name}: {messages[-1]['content']}"

    helper.register_reply([type(helper)], echo)
    people = [agent("p0", default_auto_reply="more"), agent("p1", default_auto_reply="more")]
    threads = [
        threading.Thread(
            target=person.initiate_chat, args=(helper,), kwargs={"message": "hello", "max_turns": 3, "silent": True}
        )
        for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for person in people:
        texts = [message["content"] for message in helper.chat_messages[person]]
        assert texts == ["hello", f"{person.name}: hello", *["more", f"{person.name}: more"] * 2]


def test_two_hundred_asynchronous_chats_keep_their_histories_apart(serve: Any, agent: Any) -> None:
    server = serve()
    config = server.config()
    helpers = [agent(f"helper{number}", config) for number in range(CHATS)]
    for helper in helpers:
        helper.client = helpers[0].client
    people = [agent(f"person{number}", default_auto_reply=f"more {number}") for number in range(CHATS)]

    async def main() -> list[Any]:
        chats = (
            person.a_initiate_chat(helper, message=f"hello {number}", max_turns=2, silent=True)
            for number, (person, helper) in enumerate(zip(people, helpers, strict=True))
        )
        return await asyncio.gather(*chats)

    for number, result in enumerate(asyncio.run(main())):
        texts = [message["content"] for message in result.chat_history]
        assert texts == [f"hello {number}"] * 2 + [f"more {number}"] * 2
    assert len(server.requests) == 2 * CHATS


def test_a_failing_chat_leaves_those_beside_it_alone(serve: Any, agent: Any) -> None:
    from autogen_classic.testing import error

    def answer(request: Any) -> Any:
        return error(400, "refused") if request.last_text.endswith("7") else "fine"

    server = serve()
    server.default = answer
    helper = agent("helper", server.config())
    people = [agent(f"person{number}") for number in range(20)]

    async def main() -> list[Any]:
        chats = (
            person.a_initiate_chat(helper, message=f"hello {number}", max_turns=1, silent=True)
            for number, person in enumerate(people)
        )
        return await asyncio.gather(*chats, return_exceptions=True)

    outcomes = asyncio.run(main())
    failed = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Exception)]
    assert failed == [7, 17]
    for number, person in enumerate(people):
        texts = [message["content"] for message in helper.chat_messages[person]]
        assert texts == [f"hello {number}"] + ([] if number in failed else ["fine"])
