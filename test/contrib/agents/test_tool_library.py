"""Libraries of tools: described, found by what they do, and called from code in another process."""

from __future__ import annotations

import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Annotated, Any

import pytest

from autogen_classic import ConversableAgent, UserProxyAgent
from autogen_classic.agentchat.contrib.captainagent import ToolBuilder, format_ag2_tool, get_full_tool_description
from autogen_classic.agentchat.contrib.captainagent._tool_calls import ToolServer
from autogen_classic.agentchat.contrib.captainagent.tool_retriever import LocalExecutorWithTools, find_callables
from autogen_classic.coding import CodeBlock, LocalCommandLineCodeExecutor
from autogen_classic.tools import Tool, tool

ALPHA = '''
def helper(q):
    return q


def alpha(a: int, b: str = "x") -> float:
    """Add one.

    Args:
        a: the number.
    """
    return a + 1
'''
BETA = '''
from autogen_classic.coding.func_with_reqs import with_requirements


@with_requirements([], ["json"])
def beta(q):
    """Write JSON."""
    return json.dumps(q)
'''


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "library" / "sums"
    folder.mkdir(parents=True)
    (folder / "alpha.py").write_text(ALPHA, encoding="utf-8")
    (folder / "beta.py").write_text(BETA, encoding="utf-8")
    (folder / "_private.py").write_text("def _private(): pass", encoding="utf-8")
    return folder.parent


@tool(description="Look a price up.")
def price_of(article: Annotated[str, "what to buy"], pieces: int = 1, sizes: list[int] | None = None) -> float:
    if article == "nothing":
        raise LookupError("not for sale")
    return 2.5 * pieces


@tool(description="Ask the shop.")
async def ask_shop(question: str) -> dict[str, Any]:
    return {"question": question}


@tool(description="Give what JSON cannot hold.")
def odd(kind: str) -> Any:
    return {(1, 2): "key"} if kind == "key" else {1, 2}


def run(executor: Any, *codes: str, language: str = "python") -> Any:
    return executor.execute_code_blocks([CodeBlock(code=code, language=language) for code in codes])


# --- descriptions ----------------------------------------------------------------------------------------------------


def test_a_file_is_described_by_the_function_of_its_name(library: Path) -> None:
    described = get_full_tool_description(library / "sums" / "alpha.py")
    assert described.startswith('def alpha(a: int, b: str=\'x\') -> float:\n    """Add one.\n')
    assert "    Args:\n        a: the number." in described
    assert get_full_tool_description(library / "sums" / "beta.py") == 'def beta(q):\n    """Write JSON."""\n'


@pytest.mark.parametrize(("text", "says"), [("def f(", "is not Python"), ("x = 1", "holds no function")])
def test_a_file_without_a_tool_says_so(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "f.py").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        get_full_tool_description(tmp_path / "f.py")


def test_a_tool_is_described_as_a_function() -> None:
    assert format_ag2_tool(price_of) == (
        "def price_of(article: str, pieces: int = 1, sizes: list[int] | None = None):\n"
        '    """Look a price up.\n\n'
        "    Args:\n"
        '        article: what to buy"""\n'
    )
    assert format_ag2_tool(Tool(name="now", description="The time.", func_or_tool=lambda: 1)).startswith("def now():")


# --- finding ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_loaded_file_by_file(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    (library / "sums" / "broken.py").write_text("1 / 0", encoding="utf-8")
    (library / "sums" / "empty.py").write_text("", encoding="utf-8")
    assert [function.__name__ for function in find_callables(library)] == ["alpha", "beta"]
    assert "broken.py is left out" in caplog.text


def test_the_nearest_tools_are_found() -> None:
    builder = ToolBuilder("default", retriever="local")
    assert "def prime_factors" in builder.retrieve("prime factors of a whole number", top_k=1)[0]
    assert "def compare_texts" in builder.retrieve("compare two versions of a text line by line", top_k=1)[0]
    assert len(builder.retrieve("anything", top_k=4)) == 4


def test_a_function_may_embed(library: Path) -> None:
    builder = ToolBuilder(str(library), retriever=lambda texts: [[float("JSON" in text), 0.1] for text in texts])
    [found] = builder.retrieve("JSON", top_k=1)
    assert found == '# sums\ndef beta(q):\n    """Write JSON."""\n'


def test_a_table_of_descriptions_is_read(library: Path) -> None:
    table = library / "tool_description.tsv"
    table.write_text("path\tdocument_content\nsums/alpha\tAdds one.\n", encoding="utf-8")
    assert ToolBuilder(str(library)).retrieve("sum") == ["Adds one."]
    table.write_text("path\tother\nsums/alpha\tAdds one.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no column 'document_content'"):
        ToolBuilder(str(library))


def test_a_library_that_cannot_be_used_says_so(library: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(FileNotFoundError, match="There is no folder 'nowhere'"):
        ToolBuilder("nowhere")
    with pytest.raises(ValueError, match="holds none"):
        ToolBuilder([])
    (library / "sums" / "broken.py").write_text("def broken(", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert len(ToolBuilder(str(library)).retrieve("sum")) == 2
    assert "broken.py" in caplog.text


# --- binding ---------------------------------------------------------------------------------------------------------


def test_an_agent_is_told_of_its_tools() -> None:
    agent = ConversableAgent("ann", system_message="You add.", llm_config=False)
    ToolBuilder([price_of]).bind(agent, "def price_of(): ...")
    assert agent.system_message.startswith("You add.\n## Functions for you\n")
    assert "without importing them" in agent.system_message
    ToolBuilder("default").bind(agent, "def f(): {braces}")
    assert "from functions import" in agent.system_message
    assert agent.system_message.endswith("def f(): {braces}\n")


def test_a_proxy_runs_the_tools_of_a_folder(library: Path) -> None:
    config = {"use_docker": False, "work_dir": "code", "timeout": 33, "last_n_messages": 1}
    proxy = UserProxyAgent("terminal", code_execution_config=config, human_input_mode="NEVER")
    bound = ToolBuilder(str(library)).bind_user_proxy(proxy, str(library))
    assert (bound.name, bound.code_executor.timeout) == ("terminal", 33)
    code = "from functions import alpha, beta\nprint(alpha(41), beta([1]))"
    assert run(bound.code_executor, code).output == "42 [1]\n"


def test_an_executor_of_the_program_stays_and_gets_the_module(library: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir="own")
    proxy = UserProxyAgent("terminal", code_execution_config={"executor": executor}, human_input_mode="NEVER")
    assert ToolBuilder(str(library)).bind_user_proxy(proxy, str(library)) is proxy
    assert run(executor, "from functions import alpha\nprint(alpha(1))").output == "2\n"
    with pytest.raises(ValueError, match="do not reach them"):
        ToolBuilder([price_of]).bind_user_proxy(proxy, [price_of])


# --- calls from another process --------------------------------------------------------------------------------------


def test_code_calls_tools_by_their_names(tmp_path: Path) -> None:
    executor = LocalExecutorWithTools([price_of, ask_shop], tmp_path)
    code = "from __future__ import annotations\nprint(price_of('tea', pieces=2), ask_shop('why?')['question'])"
    result = run(executor, code)
    assert (result.exit_code, result.output) == (0, "5.0 why?\n")
    assert run(executor, "echo hi", language="sh").output == "hi\n"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_blocks_do_not_share_variables_and_the_first_failure_ends_them(tmp_path: Path) -> None:
    executor = LocalExecutorWithTools([price_of], tmp_path)
    result = run(executor, "x = 1", "print(x)", "print('never')")
    assert result.exit_code == 1
    assert "NameError" in result.output
    assert "never" not in result.output
    executor.restart()


def test_an_error_of_a_tool_is_an_error_of_the_code(tmp_path: Path) -> None:
    executor = LocalExecutorWithTools([price_of, odd], tmp_path)
    failed = run(executor, "price_of('nothing')")
    assert failed.exit_code == 1
    assert "price_of: LookupError: not for sale" in failed.output
    assert "RuntimeError: odd: TypeError" in run(executor, "odd('key')").output
    assert run(executor, "print(odd('set'))").output == "{1, 2}\n"
    code = "try:\n    price_of('nothing')\nexcept RuntimeError as error:\n    print('caught')"
    assert run(executor, code).output == "caught\n"


def test_programs_of_two_threads_call_their_tools_side_by_side(tmp_path: Path) -> None:
    both = Barrier(2, timeout=30)

    @tool(description="Meet the other one.")
    def meet(name: str) -> str:
        both.wait()
        return f"{name} was there"

    executor = LocalExecutorWithTools([meet], tmp_path)
    with ThreadPoolExecutor(2) as threads:
        outputs = threads.map(lambda name: run(executor, f"print(meet({name!r}))").output, ["ann", "bob"])
    assert sorted(outputs) == ["ann was there\n", "bob was there\n"]


def test_a_name_that_code_cannot_call_is_refused(tmp_path: Path) -> None:
    named = Tool(name="price-of", description="Prices.", func_or_tool=price_of)
    with pytest.raises(ValueError, match="by the name 'price-of'"):
        LocalExecutorWithTools([named], tmp_path)


@pytest.mark.parametrize("line", [b"no JSON\n", b"[]\n", b'["wrong", "price_of", ["tea"], {}]\n', b"5\n", b"\n"])
def test_whoever_lacks_the_token_gets_no_answer(tmp_path: Path, line: bytes) -> None:
    server = ToolServer({"price_of": price_of})
    with server.running(tmp_path) as starter:
        text = starter.read_text(encoding="utf-8")
        port = int(text.partition("create_connection(('127.0.0.1', ")[2].partition(")")[0])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link, link.makefile("rwb") as lines:
            lines.write(line)
            lines.flush()
            assert lines.readline() == b""
        assert starter.stat().st_mode & 0o077 == 0


# --- the library that comes along ------------------------------------------------------------------------------------

CALLS: list[tuple[str, list[Any], Any]] = [
    ("evaluate_expression", ["2 * sqrt(9) + x", {"x": 1}], 7.0),
    ("evaluate_expression", ["-(7 // 2) ** 2 % 5"], 1),
    ("solve_linear_system", [[[2, 1], [1, -1]], [5, 1]], [2.0, 1.0]),
    ("prime_factors", [84], [2, 2, 3, 7]),
    ("prime_factors", [97], [97]),
    ("fit_line", [[1, 2, 3], [2, 4, 6]], {"slope": 2.0, "intercept": 0.0, "r_squared": 1.0}),
    (
        "summarize_by_group",
        [[{"town": "A", "n": "1"}, {"town": "A", "n": "3"}, {"town": "B", "n": ""}], "town", "n"],
        {"A": {"count": 2, "sum": 4.0, "mean": 2.0, "minimum": 1.0, "maximum": 3.0}},
    ),
    (
        "find_in_text",
        ["one\nTwo two", "two", 3, 1],
        [{"line": 2, "match": "Two", "around": "ne\nTwo tw"}],
    ),
    ("compare_texts", ["a\nb", "a\nb"], {"similarity": 1.0, "difference": ""}),
]


def default_tools() -> dict[str, Any]:
    from autogen_classic.agentchat.contrib.captainagent import tools

    return {function.__name__: function for function in find_callables(Path(tools.__file__).parent)}


@pytest.mark.parametrize(("name", "arguments", "expected"), CALLS)
def test_a_tool_of_the_default_library_works(name: str, arguments: list[Any], expected: Any) -> None:
    assert default_tools()[name](*arguments) == expected


def test_numbers_words_and_tables_are_described(tmp_path: Path) -> None:
    tools = default_tools()
    described = tools["describe_numbers"]([1, 2, 3, 4])
    assert (described["count"], described["mean"], described["median"]) == (4, 2.5, 2.5)
    counted = tools["count_words"]("It's tea. It's good!")
    assert (counted["words"], counted["sentences"], counted["most_common"][0]) == (4, 2, ("it's", 2))
    table = tmp_path / "table.csv"
    table.write_text("town;n\nA;1\nB;2\n", encoding="utf-8")
    assert tools["read_table"](str(table), limit=1) == [{"town": "A", "n": "1"}]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("evaluate_expression", ["__import__('os').getcwd()"]),
        ("evaluate_expression", ["'a' * 3"]),
        ("solve_linear_system", [[[1, 1], [2, 2]], [1, 2]]),
        ("solve_linear_system", [[[1, 1]], [1, 2]]),
        ("prime_factors", [1]),
    ],
)
def test_a_tool_refuses_what_it_cannot_do(name: str, arguments: list[Any]) -> None:
    with pytest.raises(ValueError, match="is not arithmetic|no single solution|need 2 rows|no prime factors"):
        default_tools()[name](*arguments)


def test_every_tool_of_the_default_library_runs_from_the_module_for_programs(tmp_path: Path) -> None:
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path, functions=list(default_tools().values()))
    calls = json.dumps([[name, arguments] for name, arguments, _ in CALLS])
    loop = f"for name, arguments in json.loads({calls!r}):\n    getattr(functions, name)(*arguments)"
    code = f"import functions, json\n{loop}"
    assert run(executor, code).exit_code == 0
