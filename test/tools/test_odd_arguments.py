"""Arguments that tools, agents and engines cannot work with are refused when they are made or asked, in clear words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent

from autogen_classic._code.workspace.diffs import apply_diff
from autogen_classic.agentchat.contrib.graph_rag._facts import names_in
from autogen_classic.agentchat.contrib.graph_rag.document import Document, DocumentType
from autogen_classic.agentchat.contrib.graph_rag.graph_rag_capability import GraphRagCapability
from autogen_classic.agentchat.contrib.graph_rag.networkx_graph_query_engine import NetworkxGraphQueryEngine
from autogen_classic.agents.contrib.time import TimeReplyAgent, TimeToolAgent
from autogen_classic.agents.experimental import (
    DiscordAgent,
    DocAgent,
    SlackAgent,
    TelegramAgent,
    WebSurferAgent,
    WikipediaAgent,
)
from autogen_classic.agents.experimental.document_agent import InMemoryQueryEngine
from autogen_classic.agents.experimental.reasoning import ThinkNode
from autogen_classic.tools import Tool
from autogen_classic.tools.contrib.time import TimeTool
from autogen_classic.tools.experimental import (
    GoogleSearchTool,
    PerplexitySearchTool,
    QuickResearchTool,
    ReliableTool,
    TavilySearchTool,
    WikipediaPageLoadTool,
    WikipediaQueryRunTool,
    YoutubeSearchTool,
)
from autogen_classic.tools.experimental.apply_patch import ApplyPatchTool
from autogen_classic.tools.experimental.google import GoogleCredentialsLocalProvider
from autogen_classic.tools.experimental.shell import ShellExecutor
from autogen_classic.tools.experimental.wikipedia.wikipedia import WikipediaClient

GPT: dict[str, Any] = {"model": "gpt-4o", "api_key": "sk-test"}
SLACK: dict[str, Any] = {"bot_token": "xoxb-1", "channel_id": "C1"}
DISCORD: dict[str, Any] = {"bot_token": "t", "channel_name": "general", "guild_name": "Birds"}
TELEGRAM: dict[str, Any] = {"api_id": "1", "api_hash": "h", "chat_id": "@birds"}


def quick(**settings: Any) -> QuickResearchTool:
    return QuickResearchTool(**{"llm_config": GPT, "tavily_api_key": "tvly-1", **settings})


def facts() -> NetworkxGraphQueryEngine:
    return NetworkxGraphQueryEngine(None, embedding_function=lambda texts: [[1.0] for _ in texts])  # type: ignore[arg-type]


def surfer(**settings: Any) -> WebSurferAgent:
    return WebSurferAgent(**{"name": "w", "llm_config": GPT, "web_tool": "duckduckgo", **settings})


def told(number: int) -> int:
    """Tell a number."""
    return number


WRONG: dict[str, tuple[type[Exception], Callable[[], object], str]] = {
    "no pages of Wikipedia": (ValueError, lambda: WikipediaQueryRunTool(top_k=0), "top_k of WikipediaQueryRunTool"),
    "pages by a text": (TypeError, lambda: WikipediaQueryRunTool(top_k="3"), "top_k of WikipediaQueryRunTool"),  # type: ignore[arg-type]
    "pages cut to nothing": (ValueError, lambda: WikipediaPageLoadTool(truncate=-1), "truncate of WikipediaPageLoad"),
    "a language that is a number": (TypeError, lambda: WikipediaPageLoadTool(language=5), "language of Wikipedia"),  # type: ignore[arg-type]
    "a query that is None": (
        TypeError,
        lambda: WikipediaQueryRunTool().query_run(None),
        "query of wikipedia-query-run",
    ),  # type: ignore[arg-type]
    "no results of a search": (ValueError, lambda: WikipediaClient().search("x", 0), "limit of WikipediaClient.search"),
    "an agent without pages": (ValueError, lambda: WikipediaAgent(name="w", top_k=0), "top_k of WikipediaAgent"),
    "no results for a query": (ValueError, lambda: quick(num_results_per_query=0), "num_results_per_query of Quick"),
    "results by a text": (TypeError, lambda: quick(num_results_per_query="x"), "num_results_per_query of Quick"),
    "a model that is a text": (TypeError, lambda: quick(llm_config="gpt-4o"), "llm_config of QuickResearchTool"),
    "hosts by a number": (TypeError, lambda: quick(allow_private_addresses=3), "allow_private_addresses of Quick"),
    "a key that is a number": (TypeError, lambda: TavilySearchTool(tavily_api_key=5), "tavily_api_key of Tavily"),  # type: ignore[arg-type]
    "a key of Google": (TypeError, lambda: GoogleSearchTool(search_api_key=[]), "search_api_key of GoogleSearch"),  # type: ignore[arg-type]
    "a key of YouTube": (TypeError, lambda: YoutubeSearchTool(youtube_api_key=3), "youtube_api_key of Youtube"),  # type: ignore[arg-type]
    "no tokens": (ValueError, lambda: PerplexitySearchTool(api_key="k", max_tokens=-1), "max_tokens of Perplexity"),
    "no model": (
        ValueError,
        lambda: PerplexitySearchTool("", "k"),
        "model of PerplexitySearchTool should be a text that is not empty",
    ),
    "one domain": (
        TypeError,
        lambda: PerplexitySearchTool(api_key="k", search_domain_filter="a.example"),
        "search_domain_filter of PerplexitySearchTool should be a valid list",
    ),
    "no token for Discord": (TypeError, lambda: DiscordAgent("d", **{**DISCORD, "bot_token": None}), "bot_token of"),
    "an empty channel": (ValueError, lambda: DiscordAgent("d", **{**DISCORD, "channel_name": ""}), "channel_name of"),
    "no token for Slack": (TypeError, lambda: SlackAgent("s", **{**SLACK, "bot_token": None}), "bot_token of Slack"),
    "no hash for Telegram": (TypeError, lambda: TelegramAgent("t", **{**TELEGRAM, "api_hash": 3}), "api_hash of"),
    "a format of time": (TypeError, lambda: TimeTool(date_time_format=3), "date_time_format of TimeTool"),  # type: ignore[arg-type]
    "an agent's format": (TypeError, lambda: TimeToolAgent(None, name="t"), "date_time_format of TimeToolAgent"),  # type: ignore[arg-type]
    "a prefix": (TypeError, lambda: TimeReplyAgent(output_prefix=3, name="t"), "output_prefix of TimeReplyAgent"),  # type: ignore[arg-type]
    "scopes in one text": (TypeError, lambda: GoogleCredentialsLocalProvider("f", "drive"), "scopes of GoogleCred"),
    "a port that is too high": (ValueError, lambda: GoogleCredentialsLocalProvider("f", [], None, 70000), "port of"),
    "a limit that is a text": (TypeError, lambda: ShellExecutor(default_timeout="5"), "default_timeout of Shell"),  # type: ignore[arg-type]
    "commands in one text": (TypeError, lambda: ShellExecutor().run_commands("ls"), "commands of ShellExecutor.run_"),
    "an editor that cannot edit": (TypeError, lambda: ApplyPatchTool(editor=object()), "cannot be the editor"),  # type: ignore[arg-type]
    "a tool without a name": (ValueError, lambda: ReliableTool("", told, GPT, GPT), "name of ReliableTool"),
    "a runner that is a text": (
        TypeError,
        lambda: ReliableTool("r", told, "gpt", GPT),
        "runner_llm_config of Reliable",
    ),  # type: ignore[arg-type]
    "documents in a number": (TypeError, lambda: DocAgent(llm_config=GPT, parsed_docs_path=3), "parsed_docs_path of"),  # type: ignore[arg-type]
    "a question in memory": (TypeError, lambda: InMemoryQueryEngine(GPT).query(None), "question of InMemoryQuery"),  # type: ignore[arg-type]
    "documents by a number": (TypeError, lambda: InMemoryQueryEngine(GPT).add_docs(3), "new_doc_dir of InMemoryQuery"),  # type: ignore[arg-type]
    "a file by a number": (TypeError, lambda: InMemoryQueryEngine(GPT).add_docs(None, 3), "new_doc_paths_or_urls of"),  # type: ignore[arg-type]
    "a tool that is a list": (ValueError, lambda: surfer(web_tool=[]), "Unsupported web_tool=[]"),
    "settings in a text": (TypeError, lambda: surfer(web_tool_kwargs="x"), "web_tool_kwargs should be a valid"),
    "relations by a number": (TypeError, lambda: names_in(5), "what names kinds or relations should be iterable"),
    "no engine": (TypeError, lambda: GraphRagCapability(None), "None cannot be the query_engine"),  # type: ignore[arg-type]
    "a class for an engine": (TypeError, lambda: GraphRagCapability(NetworkxGraphQueryEngine), "is a class"),  # type: ignore[arg-type]
    "a question to a graph": (TypeError, lambda: facts().query(3), "question of FactsQueryEngine.query"),  # type: ignore[arg-type]
    "facts by a text": (TypeError, lambda: facts().query("Who?", "5"), "n_results of FactsQueryEngine.query"),  # type: ignore[arg-type]
    "one document for several": (
        TypeError,
        lambda: facts().add_records(Document(DocumentType.TEXT, "x")),  # type: ignore[arg-type]
        "new_records of FactsQueryEngine.add_records should be a valid list, but it is of type Document",
    ),
    "a step after a number": (TypeError, lambda: ThinkNode("step", 3), "parent of ThinkNode should be an instance"),  # type: ignore[arg-type]
    "a diff of nothing": (TypeError, lambda: apply_diff(None, "@@"), "current_content of apply_diff should be a valid"),  # type: ignore[arg-type]
    "a diff that is None": (TypeError, lambda: apply_diff("", None, True), "diff of apply_diff should be a valid"),  # type: ignore[arg-type]
    "a document that is a text": (TypeError, lambda: facts().init_db(["x"]), "item 0 of input_doc of Facts"),  # type: ignore[list-item]
}


@pytest.mark.parametrize(("kind", "make", "text"), WRONG.values(), ids=WRONG)
def test_what_cannot_work_is_refused_before_anything_is_asked(
    kind: type[Exception], make: Callable[[], object], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind) as caught:
        make()
    assert text in str(caught.value)


@pytest.mark.parametrize("make", [WikipediaQueryRunTool, lambda: ReliableTool("sum_up", told, GPT, GPT)])
def test_a_model_reads_the_name_of_the_tool_in_errors_about_its_arguments(make: Callable[[], Tool]) -> None:
    tool = make()
    first = next(iter(tool.function_schema["parameters"]["properties"]))
    user = agent("user")
    tool.register_for_execution(user)
    for run in (tool, user.function_map[tool.name]):
        with pytest.raises(ValueError, match=f"1 validation error for {tool.name}\n{first}"):
            run(**{first: [3]})


def test_collections_of_texts_may_be_of_any_kind(tmp_path: Path) -> None:
    executor = ShellExecutor(workspace_dir=tmp_path, allowed_commands={"echo"}, denied_commands=("ls",))
    assert executor.run("echo x").stdout == "x\n"
    assert PerplexitySearchTool(api_key="k", search_domain_filter=("a.example",)).search_domain_filter == ["a.example"]


def test_a_chat_of_telegram_may_be_named_by_its_number() -> None:
    pytest.importorskip("telethon")
    agent = TelegramAgent("t", llm_config=GPT, api_id=7, api_hash="h", chat_id=-100)
    assert {tool.name for tool in agent.tools} == {"telegram_send", "telegram_retrieve"}
