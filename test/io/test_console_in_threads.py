"""A console in another thread than the main one: a question that is given up keeps neither lines nor the program."""

from __future__ import annotations

import asyncio
import builtins
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

import pytest
from agent_kit import both_ways

from autogen_classic import ConversableAgent
from autogen_classic.io import IOConsole, console

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

SEVERAL_CHATS = """\
import asyncio
import sys
import threading

from autogen_classic import ConversableAgent
from autogen_classic.io import IOConsole

way, = sys.argv[1:]
ask, calls, agents, ended = IOConsole.input, [], {}, {}


def input(self, prompt="", **settings):
    calls.append(prompt)
    return ask(self, prompt, **settings)


IOConsole.input = input


def agents_of(name):
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    agents[name] = person = ConversableAgent(name, llm_config=False, human_input_mode="ALWAYS")
    return ann, person


def note(name, result):
    ended[name] = result.chat_history[-1]["content"]
    print(f"The chat of {name} has ended.", flush=True)


async def async_chat(name):
    ann, person = agents_of(name)
    note(name, await ann.a_initiate_chat(person, message="hi", max_turns=1, silent=True))


async def async_chats():
    first = asyncio.create_task(async_chat("Bob"))
    while len(calls) < 1:
        await asyncio.sleep(0.01)
    await asyncio.gather(first, async_chat("Cem"))


def chat(name):
    ann, person = agents_of(name)
    note(name, ann.initiate_chat(person, message="hi", max_turns=1, silent=True))


def wait_for(number):
    while len(calls) < number:
        threading.Event().wait(0.01)


if way == "async":
    threads = [threading.Thread(target=asyncio.run, args=[async_chats()])]
else:
    threads = [threading.Thread(target=chat, args=[name]) for name in ("Bob", "Cem")]
for number, thread in enumerate(threads):
    wait_for(number)
    thread.start()
wait_for(2)
agents["Cem"].stop_chat(now=True)
while "Cem" not in ended:
    threading.Event().wait(0.01)
answer = IOConsole().input("The main thread asks: ")
for thread in threads:
    thread.join()
print("Bob said", ended["Bob"], "and the main thread got", answer)
"""

MAIN_THREAD = """\
import readline
import sys
import threading

from autogen_classic import ConversableAgent
from autogen_classic.io import IOConsole

ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
person = ConversableAgent("person", llm_config=False, human_input_mode="ALWAYS")
chat = ann.initiate_chat(person, message="hi", max_turns=1, silent=True)
print("The person said", chat.chat_history[-1]["content"], "to", threading.active_count(), "thread")
is_asked = threading.Event()
show = sys.stdout.write


def write(text):
    if "The other thread" in text:
        is_asked.set()
    return show(text)


sys.stdout.write = write
other = threading.Thread(target=lambda: print("It got", IOConsole().input("The other thread asks: ")))
other.start()
try:
    is_asked.wait()
    IOConsole().input()
except KeyboardInterrupt:
    print("Interrupted before its turn.")
other.join()
print("The main thread got", IOConsole().input("The main thread asks: "))
"""


def command_for(program: str, folder: Path) -> list[str]:
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    return [sys.executable, str(path)]


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    return command_for(PROGRAM, tmp_path)


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


@both_ways
def test_questions_are_asked_one_after_the_other_and_one_that_waits_for_its_turn_is_given_up(
    way: str, tmp_path: Path
) -> None:
    command = command_for(SEVERAL_CHATS, tmp_path)
    shown = in_terminal([*command, way], ("Cem has ended", "one\r"), ("The main thread asks", "two\r"))
    assert "Replying as Cem" not in shown
    assert shown.index("one\n") < shown.index("The main thread asks")
    assert "Bob said one and the main thread got two" in shown


def test_lines_are_edited_in_the_main_thread_and_ctrl_c_works_while_it_waits_for_its_turn(tmp_path: Path) -> None:
    shown = in_terminal(
        command_for(MAIN_THREAD, tmp_path),
        ("Replying as person", "to\x1b[Dw\r"),
        ("The other thread asks: ", "\x03"),
        ("before its turn", "one\r"),
        ("The main thread asks: ", "three\r"),
    )
    assert "The person said two to 1 thread" in shown
    assert "It got one" in shown
    assert "The main thread got three" in shown


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    """A terminal is standard input; what is written here is typed there."""
    import pty

    ours, theirs = pty.openpty()
    with open(ours, "w", buffering=1) as keyboard, open(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        yield keyboard


def test_a_question_whose_line_somebody_else_has_read_can_still_be_given_up(
    keyboard: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class GivenUp(Exception):
        pass

    stolen = []

    def check() -> None:
        if stolen:
            raise GivenUp
        if console._has_line(sys.stdin, 0):
            stolen.append(sys.stdin.readline())

    monkeypatch.setattr(console, "check", check)
    monkeypatch.setattr(builtins, "print", lambda *prompt, **how: keyboard.write("for somebody else\n"))
    with ThreadPoolExecutor() as pool:
        question = pool.submit(IOConsole().input, "? ")
        try:
            with pytest.raises(GivenUp):
                question.result(timeout=10)
        finally:
            keyboard.write("for whoever still reads\n")


def test_an_input_of_the_program_is_called_in_the_event_loop_of_its_chat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "input", lambda prompt: f"typed beside {asyncio.get_running_loop()!r}"[:12])
    ann = ConversableAgent("ann", llm_config=False, human_input_mode="NEVER")
    person = ConversableAgent("person", llm_config=False, human_input_mode="ALWAYS")
    with ThreadPoolExecutor() as pool:
        chat = ann.a_initiate_chat(person, message="hi", max_turns=1, silent=True)
        result = pool.submit(asyncio.run, chat).result(timeout=10)
    assert result.chat_history[-1]["content"] == "typed beside"


def test_an_input_of_the_program_may_ask_several_persons_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    both_are_asked = threading.Barrier(2)
    monkeypatch.setattr(builtins, "input", lambda prompt: f"{prompt}{both_are_asked.wait(timeout=10) >= 0}")
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(IOConsole().input, ["one: ", "two: "])) == ["one: True", "two: True"]


def test_a_terminal_without_a_file_is_asked_in_another_thread_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    class Window:
        """Standard input as the one of IDLE."""

        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            return "typed\n"

    monkeypatch.setattr(sys, "stdin", Window())
    with ThreadPoolExecutor() as pool:
        assert pool.submit(IOConsole().input, "? ").result(timeout=10) == "typed"
