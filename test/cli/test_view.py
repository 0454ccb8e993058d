"""`autogen-classic view` writes a run as one page that loads nothing and runs nothing of what was said."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autogen_classic import AssistantAgent, UserProxyAgent, cli
from autogen_classic.replay import record
from autogen_classic.testing import ScriptedClient, tool_call

NOTEBOOKS = Path(__file__).parents[1] / "replay" / "notebooks" / "saved"
HOSTILE = "</p><script>alert(1)</script><img src=x onerror=alert(2)>\n```html\n<iframe src='http://x.invalid'>\n```"


class Reader(HTMLParser):
    """Notes the elements and the attributes of a page, and its text."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def view(*arguments: object) -> Reader:
    assert cli.main(["view", *map(str, arguments)]) == 0
    output = (
        arguments[arguments.index("-o") + 1] if "-o" in arguments else Path(str(arguments[0])).with_suffix(".view.html")
    )
    return Reader(Path(str(output)))


def history(folder: Path, *texts: str, name: str = "history.json") -> Path:
    messages = [{"role": "user", "name": f"agent{at % 2}", "content": text} for at, text in enumerate(texts)]
    (folder / name).write_text(json.dumps(messages), encoding="utf-8")
    return folder / name


def test_nothing_of_what_was_said_becomes_a_part_of_the_page(tmp_path: Path) -> None:
    page = view(history(tmp_path, HOSTILE, "Bye."))
    assert page.tags.count("script") == 1
    assert not {"img", "iframe", "link", "a"} & set(page.tags)
    assert not {name for name in page.attributes if name in ("src", "href") or name.startswith("on")}
    assert "alert(1)" in page.text
    assert "<iframe src='http://x.invalid'>" in page.text


def test_a_notebook_is_drawn_with_a_text_for_those_who_cannot_see(tmp_path: Path) -> None:
    page = view(NOTEBOOKS / "code.v02.ipynb", "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "runner -&gt; coder: " in text
    assert page.tags.count("article") == 6
    assert "print(sum(range(1, 11)))" in page.text


def test_a_recording_shows_tokens_and_folds_tool_calls(tmp_path: Path) -> None:
    client = ScriptedClient([tool_call("add", a=1, b=2), "3 it is. TERMINATE"])
    with record(tmp_path / "run.json", tools=True):
        assistant = AssistantAgent("assistant", llm_config=client.llm_config())
        user = UserProxyAgent(
            "user", human_input_mode="NEVER", code_execution_config=False, max_consecutive_auto_reply=1
        )

        @user.register_for_execution()
        @assistant.register_for_llm(description="Add.")
        def add(a: int, b: int) -> int:
            return a + b

        user.initiate_chat(assistant, message="1 + 2?")
    page = view(tmp_path / "run.json")
    assert page.tags.count("details") == 1
    assert "tokens" in page.text
    assert "assistant" in page.text


def test_the_first_difference_of_two_runs_is_marked(tmp_path: Path) -> None:
    one = history(tmp_path, "Hello.", "Yes.", "Bye.", name="one.json")
    other = history(tmp_path, "Hello.", "No.", "Bye.", name="other.json")
    page = view(one, other, "-o", tmp_path / "both.html")
    assert "first differ at entry 2" in page.text
    assert (tmp_path / "both.html").read_text(encoding="utf-8").count('<article class="differs"') == 2
    assert "do not differ" in view(one, one, "-o", tmp_path / "same.html").text


def test_a_file_that_is_not_a_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "prices.json").write_text('{"apple": 1}', encoding="utf-8")
    assert cli.main(["view", str(tmp_path / "prices.json")]) == 1
    assert "cannot be read as a log" in capsys.readouterr().err
