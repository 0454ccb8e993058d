"""A console in another thread than the main one: a question that is given up keeps neither lines nor the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from agent_kit import both_ways

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals are those of POSIX")

PROGRAM = """\
import asyncio
import sys
import threading

from autogen_classic import ConversableAgent
from autogen_classic.io import IOConsole, IOStream

way, then = sys.argv[1:]
is_asked = threading.Event()
show = sys.stdout.write


def write(text):
    written = show(text)
    sys.stdout.flush()
    if "Replying as person" in text:
        is_asked.set()
    return written


sys.stdout.write = write
ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
person = ConversableAgent("person", llm_config=False, human_input_mode="ALWAYS")
results = []


async def another_task():
    while not is_asked.is_set():
        await asyncio.sleep(0.01)
    print("Others go on.")
    if then == "stop in a task":
        ann.stop_chat(now=True)


async def both():
    chat = ann.a_initiate_chat(person, message="hi", max_turns=2, silent=True)
    return (await asyncio.gather(chat, another_task()))[0]


def work():
    if way == "sync":
        results.append(ann.initiate_chat(person, message="hi", max_turns=2, silent=True))
    else:
        results.append(asyncio.run(both()))


talk = threading.Thread(target=work)
talk.start()
is_asked.wait()
if then == "stop":
    ann.stop_chat(now=True)
talk.join()
print("The chat ended by", results[0].stop_reason, "after", [said["content"] for said in results[0].chat_history])
if then != "answer" and sys.stdin.isatty():
    print("You typed", input("Next question: "))
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    return [sys.executable, str(program)]


def in_terminal(command: list[str], *typed: tuple[str, str]) -> str:
    """Run a program in a terminal, type each text when another one has appeared, and return what it shows."""
    from terminal_kit import TerminalProgram  # which Windows does not have

    with TerminalProgram(command, os.environ, columns=200) as program:
        for question, answer in typed:
            program.wait_for(question)
            program.type(answer)
        assert program.wait_for_end() == 0, program.text
        return program.text


@both_ways
def test_a_question_in_a_terminal_is_given_up_and_what_is_typed_next_is_for_whoever_asks_next(
    way: str, command: list[str]
) -> None:
    shown = in_terminal([*command, way, "stop"], ("Next question", "for the program\r"))
    assert "The chat ended by external stop after ['hi']" in shown
    assert "You typed for the program" in shown


def test_another_task_goes_on_while_a_person_is_asked_and_gives_the_question_up(command: list[str]) -> None:
    shown = in_terminal([*command, "async", "stop in a task"], ("Next question", "for the program\r"))
    assert "Others go on." in shown
    assert "The chat ended by external stop after ['hi']" in shown
    assert "You typed for the program" in shown


@both_ways
def test_a_person_in_a_terminal_answers_in_another_thread_as_in_the_main_one(way: str, command: list[str]) -> None:
    shown = in_terminal([*command, way, "answer"], ("Replying as person", "Grüße\r"), ("Replying", "exit\r"))
    assert "The chat ended by person after ['hi', 'Grüße', '']" in shown


@both_ways
def test_a_program_ends_although_nobody_has_answered_a_question_through_a_pipe(way: str, command: list[str]) -> None:
    reading, writing = os.pipe()
    try:
        ended = subprocess.run([*command, way, "stop"], stdin=reading, capture_output=True, text=True, timeout=60)
    finally:
        os.close(reading)
        os.close(writing)
    assert "The chat ended by external stop after ['hi']" in ended.stdout
    assert (ended.returncode, ended.stderr) == (0, "")
