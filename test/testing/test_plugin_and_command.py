"""The pytest fixtures, the file of replies, the command, and what an import loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import openai
import pytest

import autogen_classic.testing as testing
from autogen_classic.cli import main
from autogen_classic.io.base import IOStream
from autogen_classic.testing import MockOpenAIServer, ModelRequestForbiddenError, ScriptedClient, ScriptedPerson
from autogen_classic.testing.replies_file import RepliesFileError, read_replies_file

HELLO: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}


def test_the_fixture_of_the_server_is_running(mock_openai_server: MockOpenAIServer) -> None:
    mock_openai_server.add("one")
    with openai.OpenAI(base_url=mock_openai_server.base_url, api_key="x") as client:
        assert client.chat.completions.create(**HELLO).choices[0].message.content == "one"


def test_the_fixture_of_the_client_takes_replies(scripted_client: ScriptedClient) -> None:
    scripted_client.add("one")
    assert scripted_client.create(HELLO).choices[0].message.content == "one"


def test_the_fixture_of_the_person_sits_at_the_default_stream(scripted_person: ScriptedPerson) -> None:
    scripted_person.add("yes")
    assert IOStream.get_default().input("Sure?") == "yes"


@pytest.mark.usefixtures("no_model_requests")
def test_the_fixture_of_the_switch_forbids_requests() -> None:
    from autogen_classic._core.model_requests import check_request_allowed

    with pytest.raises(ModelRequestForbiddenError):
        check_request_allowed("openai")


def test_a_file_of_replies_may_hold_every_kind(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    items = [
        "text",
        ["pie", "ces"],
        {"content": "message"},
        {"tool": "add", "arguments": {"a": 1}},
        {"error": 429, "message": "slow down", "retry_after": 2},
        {"disconnect": ["Hel"]},
        {"hang": True},
    ]
    file.write_text(json.dumps(items), encoding="utf-8")
    text, parts, message, tool, error, broken, hang = read_replies_file(file)
    assert (text.content, parts.pieces, message.content) == ("text", ("pie", "ces"), "message")
    assert tool.tool_calls[0].arguments == '{"a": 1}'
    assert (error.status, error.message, error.retry_after) == (429, "slow down", 2)
    assert broken.reply.content == "Hel"
    assert hang == testing.hang()


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "cannot be read"),
        ("[", "is not JSON"),
        ('"x"', "does not hold a list"),
        ('["a", 5]', "Reply 2 in .* cannot be 5. It may be a text, .* tool, error, disconnect and hang.$"),
        ('["a", []]', r"Reply 2 in .* cannot be \[\]"),
        ('[{"text": "a"}]', r"Reply 1 in .*\['text'\]"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_with_the_place(
    tmp_path: Path, content: str | None, text: str
) -> None:
    file = tmp_path / "replies.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(RepliesFileError, match=text) as caught:
        read_replies_file(file)
    assert "replies.json" in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal it could handle")
def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text('["from a file"]', encoding="utf-8")
    program = "import sys; from autogen_classic import testing; testing.run_mock_server(replies_file=sys.argv[1])"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        request = urllib.request.Request(f"{url}/chat/completions", json.dumps(HELLO).encode())
        with urllib.request.urlopen(request, timeout=10) as response:
            assert json.load(response)["choices"][0]["message"]["content"] == "from a file"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("port", [-1, 99_999])
def test_a_port_that_does_not_exist_is_refused(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OverflowError, match="port must be 0-65535"):
        MockOpenAIServer(port=port).start()
    assert main(["mock-server", "--port", str(port)]) == 1
    assert f"cannot listen on 127.0.0.1:{port} (bind(): port must be 0-65535.)" in capsys.readouterr().err


def test_every_name_is_there_and_in_dir() -> None:
    assert list(testing.__all__) == sorted(testing.__all__)
    assert set(testing.__all__) == set(testing._HOMES)
    for name in testing.__all__:
        assert getattr(testing, name) is not None
        assert name in dir(testing)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'nothing'"):
        _ = testing.nothing


def test_the_server_loads_no_openai_and_no_pydantic() -> None:
    program = (
        "import sys; from autogen_classic.testing import MockOpenAIServer\n"
        "with MockOpenAIServer(): print(sorted({'openai', 'pydantic', 'numpy', 'docker'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
