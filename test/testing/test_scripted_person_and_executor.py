"""The scripted person, the capturing stream and the scripted executor, in real chats."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from autogen_classic import ConversableAgent, UserProxyAgent
from autogen_classic.coding.base import CodeBlock, CodeExecutor, CodeResult
from autogen_classic.io.base import IOStream
from autogen_classic.testing import CapturedIO, ScriptedExecutor, ScriptedPerson, ScriptExhaustedError

BLOCK = CodeBlock(code="print(1)", language="python")


def user_and_partner(**options: Any) -> tuple[ConversableAgent, ConversableAgent]:
    user = ConversableAgent("user", llm_config=False, human_input_mode="ALWAYS", **options)
    partner = ConversableAgent("partner", llm_config=False, human_input_mode="NEVER", default_auto_reply="well")
    return user, partner


class TestPerson:
    def test_it_answers_through_the_stream_and_keeps_what_is_printed(self) -> None:
        user, partner = user_and_partner()
        with ScriptedPerson(["go on", "exit"]) as person:
            result = user.initiate_chat(partner, message="Hello")
        assert [message["content"] for message in result.chat_history] == ["Hello", "well", "go on", "well"]
        assert len(person.prompts) == 2
        assert "go on" in person.text

    def test_it_takes_the_place_of_the_person_of_one_agent(self) -> None:
        user, partner = user_and_partner()
        person = ScriptedPerson(["exit"])
        user.get_human_input = person  # type: ignore[method-assign]
        user.initiate_chat(partner, message="Hello", silent=True)
        person.assert_finished()

    def test_it_answers_in_an_asynchronous_chat(self) -> None:
        user, partner = user_and_partner()

        async def talk() -> None:
            await user.a_initiate_chat(partner, message="Hello", silent=True)

        with ScriptedPerson(["go on", "exit"]) as person:
            asyncio.run(talk())
        person.assert_finished()

    def test_the_error_of_an_exhausted_script_says_what_was_asked(self) -> None:
        with pytest.raises(ScriptExhaustedError, match=r"ScriptedPerson is exhausted.*'Name\?'"):
            ScriptedPerson([])("Name?")

    def test_answers_may_be_functions_of_the_prompt_and_exceptions(self) -> None:
        person = ScriptedPerson([str.upper, KeyboardInterrupt])
        assert person.input("name") == "NAME"
        with pytest.raises(KeyboardInterrupt):
            person.input("name")

    def test_the_stream_before_is_the_default_again(self) -> None:
        before = IOStream.get_default()
        with ScriptedPerson() as person:
            assert IOStream.get_default() is person
        assert IOStream.get_default() is before


class TestCapturedIO:
    def test_it_keeps_text_as_print_writes_it(self) -> None:
        stream = CapturedIO()
        stream.print("a", 1, sep="-", end=".")
        assert stream.text == "a-1."

    def test_it_shows_what_it_keeps_on_request(self) -> None:
        with CapturedIO() as outer, CapturedIO(show=True) as inner:
            IOStream.get_default().print("x")
        assert outer.text == inner.text == "x\n"

    def test_nobody_sits_behind_it(self) -> None:
        with pytest.raises(EOFError, match="use ScriptedPerson"):
            CapturedIO().input("Name?")


class TestExecutor:
    def test_results_may_be_pairs_texts_results_and_functions(self) -> None:
        executor = ScriptedExecutor(
            [(1, "bad"), "good", CodeResult(exit_code=2, output="x"), lambda blocks: (0, blocks[0].code)]
        )
        results = [executor.execute_code_blocks([BLOCK]) for _ in range(4)]
        assert [(result.exit_code, result.output) for result in results] == [
            (1, "bad"),
            (0, "good"),
            (2, "x"),
            (0, "print(1)"),
        ]

    def test_it_runs_nothing_and_records_the_code_of_a_chat(self) -> None:
        executor = ScriptedExecutor([(1, "NameError: x")])
        user = UserProxyAgent("user", human_input_mode="NEVER", code_execution_config={"executor": executor})
        reply = user.generate_reply([{"role": "user", "content": "```python\nraise SystemExit\n```"}])
        assert reply == "exitcode: 1 (execution failed)\nCode output: NameError: x"
        assert [block.code.strip() for block in executor.executed[0]] == ["raise SystemExit"]

    def test_it_is_a_code_executor_that_counts_restarts(self) -> None:
        executor = ScriptedExecutor()
        executor.restart()
        assert isinstance(executor, CodeExecutor)
        assert executor.restarts == 1

    def test_exceptions_are_raised(self) -> None:
        with pytest.raises(OSError, match="disk full"):
            ScriptedExecutor([OSError("disk full")]).execute_code_blocks([BLOCK])

    def test_the_error_of_an_exhausted_script_shows_the_code(self) -> None:
        with pytest.raises(ScriptExhaustedError, match=r"ScriptedExecutor is exhausted.*print\(1\)"):
            ScriptedExecutor([]).execute_code_blocks([BLOCK])

    def test_a_result_of_another_form_is_named(self) -> None:
        with pytest.raises(TypeError, match="not 3"):
            ScriptedExecutor([3]).execute_code_blocks([BLOCK])
