"""A model and a proxy solve problems: the model over HTTP, its programs in processes, Wolfram Alpha from a double."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import wolframalpha
from agent_kit import both_ways, chat

from autogen_classic import AssistantAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib import math_user_proxy_agent as room
from autogen_classic.agentchat.contrib.math_user_proxy_agent import MathUserProxyAgent, WolframAlphaAPIWrapper
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer
from autogen_classic.testing.http_server import HttpRequest, HttpResponse, HttpServer

XML = """<?xml version='1.0' encoding='UTF-8'?>
<queryresult success='{success}' error='false' numpods='2'>
 <pod title='Input' position='100' numsubpods='1'>
  <subpod title=''><plaintext>{question}</plaintext></subpod></pod>
 {pods}
</queryresult>"""
POD = "<pod title='{title}' position='200' numsubpods='1'>{subpods}</pod>"
SUBPOD = "<subpod title=''><plaintext>{}</plaintext></subpod>"


def pod(title: str, *texts: str) -> str:
    return POD.format(title=title, subpods="".join(SUBPOD.format(text) for text in texts))


class WolframDouble:
    """Answers as Wolfram Alpha's server does; `pods` is what it knows."""

    def __init__(self) -> None:
        self.pods = pod("Result", "4")
        self.success = "true"
        self.asked: list[dict[str, list[str]]] = []
        self.http = HttpServer(self._answer, "127.0.0.1", 0)

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        asked = parse_qs(request.query)
        self.asked.append(asked)
        body = XML.format(success=self.success, question=asked["input"][0], pods=self.pods).encode()
        return HttpResponse(200, body, content_type="text/xml; charset=utf-8")


@pytest.fixture
def wolfram(monkeypatch: pytest.MonkeyPatch) -> Iterator[WolframDouble]:
    double = WolframDouble()
    double.http.start()
    monkeypatch.setattr(wolframalpha.Client, "url", f"http://127.0.0.1:{double.http.port}/v2/query")
    monkeypatch.setenv("WOLFRAM_ALPHA_APPID", "APP-ID-77")
    yield double
    double.http.stop()


def proxy(tmp_path: Path, **settings: Any) -> MathUserProxyAgent:
    config = {"work_dir": str(tmp_path), "use_docker": False}
    return MathUserProxyAgent(**{"code_execution_config": config, **settings})


def python(code: str) -> str:
    return f"```python\n{code}\n```"


def solve(way: str, agent: MathUserProxyAgent, *said: str, **settings: Any) -> list[str]:
    """What the proxy and the model say, without the first message."""
    with MockOpenAIServer(said) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        result = chat(way, agent, assistant, message=agent.message_generator, problem="What is 1+1?", **settings)
    return [message["content"] for message in result.chat_history[1:]]


@both_ways
def test_programs_run_until_the_model_gives_an_answer(way: str, tmp_path: Path) -> None:
    said = ["Let us see: " + python("x = 1\nx + 1"), python("print(x + 2)"), r"So it is \boxed{2}."]
    assert solve(way, proxy(tmp_path), *said) == [said[0], "2", said[1], "3", said[2]]


@both_ways
def test_the_usage_is_on_the_account_of_the_assistant(way: str, tmp_path: Path) -> None:
    with MockOpenAIServer([python("1"), r"\boxed{1}"]) as server:
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        agent = proxy(tmp_path)
        result = chat(way, agent, assistant, message=agent.message_generator, problem="P")
    assert agent.get_total_usage() is None
    assert result.cost["usage_including_cached_inference"] == assistant.get_total_usage()


@both_ways
def test_a_message_without_a_query_is_answered_by_the_default_reply(way: str, tmp_path: Path) -> None:
    assert solve(way, proxy(tmp_path), "Hm.", r"\boxed{2}") == ["Hm.", MathUserProxyAgent.DEFAULT_REPLY, r"\boxed{2}"]
    own = proxy(tmp_path, default_auto_reply="Well?")
    assert solve(way, own, "Hm.", r"\boxed{2}")[1] == "Well?"


@both_ways
def test_a_program_runs_with_the_executor_of_the_agent(way: str, tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    agent = proxy(tmp_path, code_execution_config={"executor": executor})
    said = [python("x = 20"), python("x + 1"), r"\boxed{21}"]
    assert solve(way, agent, *said) == [
        said[0],
        "No output found. Make sure you print the results.",
        said[1],
        "21",
        said[2],
    ]


@both_ways
def test_no_program_runs_where_code_execution_is_turned_off(way: str, tmp_path: Path, caplog: Any) -> None:
    trace = tmp_path / "trace"
    agent = MathUserProxyAgent(code_execution_config=False)
    said = solve(way, agent, python(f"open({str(trace)!r}, 'w')"), "It is \\boxed{2}.")
    assert said[1] == "No program was run: running code is turned off here. Please go on without programs."
    assert not trace.exists()
    assert "code_execution_config is False" in caplog.text
    assert agent.execute_one_python_code("1 + 1")[1] is False


@both_ways
def test_the_proxy_works_in_a_group(way: str, tmp_path: Path) -> None:
    with MockOpenAIServer([python("print(6 * 7)"), r"\boxed{42}"]) as server:
        agent = proxy(tmp_path)
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        group = GroupChat([agent, assistant], [], max_round=5, speaker_selection_method="round_robin")
        manager = GroupChatManager(group, is_termination_msg=lambda message: "boxed{42}" in message["content"])
        chat(way, agent, manager, message="What is six times seven?")
    assert [(said["name"], said["content"]) for said in group.messages][1:3] == [
        ("assistant", python("print(6 * 7)")),
        ("MathChatAgent", "42"),
    ]


def test_queries_are_answered_from_a_recording(tmp_path: Path, wolfram: WolframDouble) -> None:
    said = [python("print(2)") + "\n```wolfram\n2+2\n```", r"\boxed{4}"]
    cassette = tmp_path / "math.json"

    def run() -> list[str]:
        return solve("sync", proxy(tmp_path), *said)

    with record(cassette, code=True):
        first = run()
    wolfram.http.stop()
    with replay(cassette):
        again = run()
    assert again == first
    assert "Answer: 4" in first[1]


@pytest.mark.parametrize(
    ("code", "output"),
    [
        ("print(1 + 1)", "2"),
        ("x = 3\nx + 4", "7"),
        ("x = 3\nx  # the result", "3"),
        ("x = 3; x\n\n", "3"),
        ("(1,\n 2)", "(1, 2)"),
        ("  x = 3\r\n  x", "3"),
        ("'a\u2028b'.split()", "['a', 'b']"),
        ("s = 'ä'; s * 2", "ää"),
        ("for i in range(2):\n    print(i)", "0\n1"),
        ("for i in range(2):\n    i", "No output found. Make sure you print the results."),
        ("", "No output found. Make sure you print the results."),
        ("print('y' * 2001)", room._TOO_LONG),
    ],
)
def test_code_that_prints_nothing_shows_its_last_value(code: str, output: str, tmp_path: Path) -> None:
    assert proxy(tmp_path).execute_one_python_code(code)[0].strip() == output


def test_later_programs_know_what_earlier_ones_defined_and_imported(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    for code in ("x = 3", "import math\nprint(math.pi)", "from os import path\ny = 5\n1/0"):
        agent.execute_one_python_code(code)
    assert agent.execute_one_python_code("print(x, math.floor(math.pi), path.sep)") == ("3 3 /\n", True)
    assert "NameError" in agent.execute_one_python_code("print(y)")[0]


def test_an_import_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    assert "ModuleNotFoundError" in agent.execute_one_python_code("import a_package_of_nobody")[0]
    assert agent.execute_one_python_code("print(1)") == ("1\n", True)


def test_a_new_problem_begins_from_scratch(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    agent.execute_one_python_code("x = 3")
    agent.message_generator(agent, agent, {"problem": "P"})
    assert "NameError" in agent.execute_one_python_code("print(x)")[0]


def test_a_program_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    agent = proxy(tmp_path, code_execution_config={"work_dir": str(tmp_path), "use_docker": False, "timeout": 1})
    assert agent.execute_one_python_code("while True: pass") == ("Error: Timeout", False)


@pytest.mark.parametrize("language", ["python", "py", "Python", ""])
def test_python_may_be_called_by_its_other_names(language: str, tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    message = {"role": "user", "content": f"```{language}\nprint(5)\n```"}
    assert agent.generate_reply([message], sender=agent) == "5"


def test_other_languages_are_refused(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    message = {"role": "user", "content": "```sh\ntouch here\n```"}
    assert agent.generate_reply([message], sender=agent) == "Error: Unknown language."
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_goes_round_in_circles_is_told(tmp_path: Path) -> None:
    agent = proxy(tmp_path, max_invalid_q_per_step=2)
    message = {"role": "user", "content": python("1/0")}
    said = [str(agent.generate_reply([message], sender=agent)) for _ in range(4)]
    assert "ZeroDivisionError" in said[0]
    assert said[1].endswith("Your query or result is same from the last, please try a new approach.")
    assert said[2] == room._STUCK
    assert "ZeroDivisionError" in said[3]


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        (r"It is \boxed{5}.", True),
        ([{"type": "text", "text": r"\boxed{5}"}], True),
        (f"{python('5')} so \\boxed{{5}}", False),
        ("```wolfram\n5\n``` so \\boxed{5}", False),
        (r"\boxed{}", False),
        ("TERMINATE", False),
        ("", False),
        (None, False),
    ],
)
def test_an_answer_without_a_query_ends_the_chat(content: Any, ends: bool, tmp_path: Path) -> None:
    assert proxy(tmp_path)._is_termination_msg({"content": content}) is ends


def test_the_first_message_is_a_prompt_and_the_problem(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    for name, prompt in room.PROMPTS.items():
        context = {"problem": "P {x}", "prompt_type": name}
        assert agent.message_generator(agent, agent, context) == f"{prompt}P {{x}}"
    assert agent.message_generator(agent, agent, {"problem": "P"}) == f"{room.PROMPTS['default']}P"
    assert agent.message_generator(agent, agent, {"problem": "P", "customized_prompt": "Do "}) == "Do P"


def test_a_chat_without_a_problem_or_with_an_unknown_prompt_is_refused(tmp_path: Path) -> None:
    agent = proxy(tmp_path)
    with pytest.raises(ValueError, match=r'problem="\.\.\."'):
        agent.message_generator(agent, agent, {})
    with pytest.raises(ValueError, match="'poem' is unknown. Use one of default, two_tools, python"):
        agent.message_generator(agent, agent, {"problem": "P", "prompt_type": "poem"})


# --- Wolfram Alpha ---------------------------------------------------------------------------------------------------


@both_ways
def test_wolfram_alpha_answers_queries(way: str, tmp_path: Path, wolfram: WolframDouble) -> None:
    said = ["```wolfram\n2+2\n```", r"\boxed{4}"]
    assert solve(way, proxy(tmp_path), *said)[1] == "Assumption: 2+2 \nAnswer: 4"
    assert wolfram.asked[0]["appid"] == ["APP-ID-77"]


@pytest.mark.parametrize(
    ("pods", "answer"),
    [
        (pod("Solution", "x=2") + pod("Result", "other"), "x=2"),
        (pod("Solutions", "x=2", "x=3"), "ans 0: x=2\nans 1: x=3\n"),
        (pod("Results", "x=2"), "ans 0: x=2\n"),
        (pod("Exact", "1/2").replace("<pod ", "<pod primary='true' "), "1/2"),
    ],
)
def test_a_solution_is_preferred_to_a_result(pods: str, answer: str, wolfram: WolframDouble) -> None:
    wolfram.pods = pods
    assert WolframAlphaAPIWrapper().run("q") == (f"Assumption: q \nAnswer: {answer}", True)


@pytest.mark.parametrize(
    ("success", "pods", "says"),
    [
        ("false", "", "Your Wolfram query is invalid."),
        ("true", pod("Derivative", "2x"), "wasn't able to answer it"),
        ("true", pod("Result", ""), "No good Wolfram Alpha Result was found"),
        ("true", "<broken", "wasn't able to answer it"),
    ],
)
def test_a_question_without_an_answer_says_what_to_do(
    success: str, pods: str, says: str, wolfram: WolframDouble
) -> None:
    wolfram.success, wolfram.pods = success, pods
    output, is_valid = WolframAlphaAPIWrapper().run("q")
    assert says in output
    assert not is_valid


def test_a_server_that_is_gone_is_an_answer_too(wolfram: WolframDouble) -> None:
    wolfram.http.stop()
    assert WolframAlphaAPIWrapper().run("q")[1] is False


@both_ways
def test_without_an_app_id_the_chat_goes_on(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("WOLFRAM_ALPHA_APPID", raising=False)
    said = ["```wolfram\n2+2\n```", r"\boxed{4}"]
    assert solve(way, proxy(tmp_path), *said) == [
        said[0],
        "Wolfram Alpha is not available. Please use python.",
        said[1],
    ]
    assert "WOLFRAM_ALPHA_APPID" in caplog.text


def test_without_the_package_the_chat_goes_on(
    tmp_path: Path, wolfram: WolframDouble, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "wolframalpha", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[mathchat\]"):
        WolframAlphaAPIWrapper()
    assert "not available" in proxy(tmp_path).execute_one_wolfram_query("2+2")[0]
    assert "autogen-classic[mathchat]" in caplog.text


def test_the_app_id_stays_out_of_logs_texts_and_errors(
    wolfram: WolframDouble, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        wrapper = WolframAlphaAPIWrapper()
        wrapper.run("2+2")
    assert "HTTP Request" in caplog.text
    with pytest.raises(ValueError, match="color") as caught:
        WolframAlphaAPIWrapper(wolfram_alpha_appid="APP-ID-77", color="red")  # type: ignore[call-arg]
    for text in (caplog.text, repr(wrapper), str(wrapper), str(caught.value)):
        assert "APP-ID-77" not in text


def test_a_setting_comes_from_the_program_the_environment_or_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "environment")
    assert room.get_from_dict_or_env({"key": "program"}, "key", "A_KEY") == "program"
    assert room.get_from_dict_or_env({"key": ""}, "key", "A_KEY") == "environment"
    monkeypatch.delenv("A_KEY")
    assert room.get_from_dict_or_env({}, "key", "A_KEY", "default") == "default"
    with pytest.raises(ValueError, match="Did not find key, please add an environment variable `A_KEY`"):
        room.get_from_dict_or_env({}, "key", "A_KEY")
