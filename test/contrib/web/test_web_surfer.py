"""The agent that browses, in chats over HTTP with the local model server and pages of a server of our own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agent_kit import agent, both_ways, chat
from web_pages import Page, WebPages, redirect

from autogen_classic import Cache, GroupChat, GroupChatManager
from autogen_classic.agentchat.contrib.web_surfer import WebSurferAgent
from autogen_classic.browser_utils import AbstractMarkdownBrowser, AbstractMarkdownSearch, RequestsMarkdownBrowser
from autogen_classic.replay import record, replay
from autogen_classic.testing import MockOpenAIServer, tool_call, tool_calls

LONG = "<title>Birds</title>" + "".join(f"<p>Bird {number} waits at the pond.</p>" for number in range(40))
BROWSING = (
    "informational_web_search",
    "navigational_web_search",
    "visit_page",
    "download_file",
    "page_up",
    "page_down",
    "find_on_page_ctrl_f",
    "find_next",
)
READING = ("read_page_and_answer", "summarize_page")


class Engine(AbstractMarkdownSearch):
    """Finds one address.

    Args:
        address: the address.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def search(self, query: str) -> str:
        return f"## Results for {query}\n\n1. [First]({self.address})\n\n2. [Second](http://second.invalid)"


@pytest.fixture
def pages() -> Iterator[WebPages]:
    with WebPages({"/birds": LONG, "/note.txt": Page("A heron stood here.", kind="text/plain")}) as server:
        yield server


def surfer(server: MockOpenAIServer, pages: WebPages, **settings: Any) -> WebSurferAgent:
    """An agent with a browser of small parts, whose search finds the page about birds."""
    browser = RequestsMarkdownBrowser(
        viewport_size=200, search_engine=Engine(f"{pages.url}/birds"), **settings.pop("browser_settings", {})
    )
    quiet = {"llm_config": server.llm_config(), "human_input_mode": "NEVER", "browser": browser}
    return WebSurferAgent("surfer", **{**quiet, **settings})


def state(address: str, title: str | None, part: int, count: int) -> str:
    lines = [f"Address: {address}", *([f"Title: {title}"] if title else [])]
    return "\n".join([*lines, f"Viewport position: Showing page {part} of {count}.", "=======================", ""])


@both_ways
def test_a_step_shows_the_page_and_an_answer_is_the_reply(way: str, pages: WebPages) -> None:
    with MockOpenAIServer([tool_call("visit_page", url=f"{pages.url}/note.txt"), "A heron."]) as server:
        one = surfer(server, pages)
        user = agent("user", default_auto_reply="What was there?")
        result = chat(way, user, one, message="Open the note.", max_turns=2)
        requests = [request["messages"] for request in server.requests]
    shown = state(f"{pages.url}/note.txt", None, 1, 1) + "A heron stood here."
    assert [said["content"] for said in result.chat_history] == ["Open the note.", shown, "What was there?", "A heron."]
    assert [(said["role"], said.get("name"), said["content"]) for said in requests[1][1:]] == [
        ("user", "user", "Open the note."),
        ("assistant", "surfer", shown),
        (
            "user",
            "surfer_inner_user_proxy",
            f"Your browser is currently open to the page 'None' at the address '{pages.url}/note.txt'.",
        ),
        ("user", "surfer_inner_user_proxy", "What was there?"),
    ]
    assert requests[0][0]["content"] == WebSurferAgent.DEFAULT_PROMPT


def test_its_spending_is_on_its_account_readers_and_cached_answers_included(pages: WebPages, tmp_path: Any) -> None:
    step = tool_call("summarize_page", url=f"{pages.url}/note.txt")
    with MockOpenAIServer([step, "A heron was seen.", step]) as server:
        one = surfer(server, pages)
        with Cache.disk(cache_path_root=str(tmp_path)) as cache:
            for _ in range(3):
                result = chat("sync", agent("user"), one, message="Sum it up.", max_turns=1, cache=cache)
                assert result.summary == "A heron was seen."
        asked = len(server.requests)
        usage, paid = one.get_total_usage(), one.get_actual_usage()
    assert asked == 3
    assert usage is not None
    assert paid is not None
    model = next(name for name in usage if name != "total_cost")
    assert usage[model]["total_tokens"] > paid[model]["total_tokens"] > 0


def test_every_tool_does_what_it_says(pages: WebPages) -> None:
    birds = f"{pages.url}/birds"
    steps = [
        tool_call("informational_web_search", query="herons"),
        tool_call("navigational_web_search", query="herons"),
        tool_call("page_down"),
        tool_call("find_on_page_ctrl_f", search_string="bird 20"),
        tool_call("find_next"),
        tool_call("find_on_page_ctrl_f", search_string="zebra"),
        tool_call("page_up"),
        tool_call("visit_page", url="note.txt"),
        tool_call("download_file", url="/note.txt"),
    ]
    with MockOpenAIServer(steps) as server:
        one = surfer(server, pages)
        result = chat("sync", agent("user"), one, max_turns=len(steps))
    said = [message["content"] for message in result.chat_history if message["name"] == "surfer"]
    count = int(said[1].split(" of ")[1].split(".")[0])
    assert said[0].startswith(state("search: herons", "herons - Search", 1, 1) + "## Results for herons")
    assert said[1].startswith(state(birds, "Birds", 1, count) + "Bird")
    assert said[2].startswith(state(birds, "Birds", 2, count))
    assert "Bird 20 waits" in said[3]
    assert said[4] == said[3]
    assert said[5].endswith("=======================\nThe search string 'zebra' was not found on this page.")
    assert said[6] != said[5]
    assert said[7] == said[8] == state(f"{pages.url}/note.txt", None, 1, 1) + "A heron stood here."


def test_several_calls_at_once_are_all_taken(pages: WebPages) -> None:
    both = tool_calls(tool_call("visit_page", url=f"{pages.url}/birds"), tool_call("page_down"), content="Looking.")
    with MockOpenAIServer([both]) as server:
        result = chat("sync", agent("user"), surfer(server, pages), max_turns=1)
    assert result.summary.count("Address: ") == 2


def test_a_page_is_read_by_its_own_model_as_far_as_that_model_takes_it(
    pages: WebPages, caplog: pytest.LogCaptureFixture
) -> None:
    pages.pages["/long"] = Page("word " * 30_000, kind="text/plain")
    call = tool_call("read_page_and_answer", question="Which word?", url=f"{pages.url}/long")
    with MockOpenAIServer([call]) as server, MockOpenAIServer(["The word is word."]) as reader:
        entry = reader.llm_config()["config_list"][0]
        one = surfer(server, pages, summarizer_llm_config={"config_list": [{**entry, "model": "gpt-4"}]})
        with caplog.at_level(logging.WARNING, "autogen"):
            result = chat("sync", agent("user"), one, max_turns=1)
        asked = reader.requests[0]["messages"][-1]["content"]
    assert result.summary == "The word is word."
    assert "'Which word?'" in asked
    assert 6000 < asked.count("word ") < 8000
    assert "takes only 8192 tokens" in caplog.text


def test_an_empty_page_is_not_read(pages: WebPages) -> None:
    with MockOpenAIServer([tool_call("summarize_page")]) as server:
        result = chat("sync", agent("user"), surfer(server, pages), max_turns=1)
    assert result.summary == "Nothing to summarize."


def test_what_the_model_chooses_stays_behind_the_fence(pages: WebPages) -> None:
    pages.pages["/trap"] = redirect("http://169.254.169.254/latest/meta-data/")
    steps = [
        tool_call("visit_page", url="http://169.254.169.254/latest/meta-data/"),
        tool_call("visit_page", url=f"{pages.url}/trap"),
        tool_call("visit_page", url="file:///etc/passwd"),
    ]
    with MockOpenAIServer([*steps, tool_call("visit_page", url=pages.url)]) as server:
        shown = chat("sync", agent("user"), surfer(server, pages), max_turns=3).chat_history[1::2]
        fenced = surfer(server, pages, browser_settings={"allow_private_addresses": False})
        inside = chat("sync", agent("user"), fenced, max_turns=1).summary
    assert ["refused" in message["content"] for message in shown] == [True, True, True]
    assert "root:" not in shown[2]["content"]
    assert "allow_private_addresses" in inside


@both_ways
def test_it_works_in_a_group(way: str, pages: WebPages) -> None:
    with MockOpenAIServer([tool_call("visit_page", url=f"{pages.url}/note.txt")]) as server:
        one = surfer(server, pages)
        user, other = agent("user"), agent("other")
        group = GroupChat([user, one, other], [], max_round=3, speaker_selection_method="round_robin")
        chat(way, user, GroupChatManager(group, llm_config=False), message="Open the note.")
    assert [message["name"] for message in group.messages] == ["user", "surfer", "other"]
    assert group.messages[1]["content"].endswith("A heron stood here.")


@both_ways
def test_a_chat_recorded_with_its_tools_is_replayed_without_the_web(way: str, pages: WebPages, tmp_path: Path) -> None:
    steps = [tool_call("visit_page", url=f"{pages.url}/birds"), tool_call("page_down"), "Birds wait at the pond."]
    user = agent("user", default_auto_reply="Go on.")
    with MockOpenAIServer(steps) as server:
        with record(tmp_path / "run.json", tools=True):
            before = chat(way, user, surfer(server, pages), message="Open the page.", max_turns=3)
        asked = len(pages.requests)
        one = surfer(server, pages)
    with replay(tmp_path / "run.json"):
        after = chat(way, user, one, message="Open the page.", max_turns=3)
    assert after.chat_history == before.chat_history
    assert len(pages.requests) == asked


@both_ways
def test_a_chat_recorded_without_its_tools_opens_the_pages_again(way: str, pages: WebPages, tmp_path: Path) -> None:
    steps = [tool_call("visit_page", url=f"{pages.url}/birds"), tool_call("page_down"), "Birds wait at the pond."]
    user = agent("user", default_auto_reply="Go on.")
    with MockOpenAIServer(steps) as server:
        with record(tmp_path / "run.json"):
            before = chat(way, user, surfer(server, pages), message="Open the page.", max_turns=3)
        one = surfer(server, pages)
    with replay(tmp_path / "run.json"):
        after = chat(way, user, one, message="Open the page.", max_turns=3)
    assert after.chat_history == before.chat_history


def test_two_partners_share_the_browser_and_not_the_conversation(pages: WebPages) -> None:
    with MockOpenAIServer([tool_call("visit_page", url=f"{pages.url}/note.txt"), "Yes."]) as server:
        one = surfer(server, pages)
        chat("sync", agent("first"), one, message="Open the note.", max_turns=1)
        chat("sync", agent("second"), one, message="Is it open?", max_turns=1)
        heard = [said["content"] for said in server.requests[1]["messages"][1:]]
    assert len(heard) == 2
    assert "/note.txt'" in heard[0]
    assert heard[1] == "Is it open?"


def test_a_failing_tool_is_told_and_the_chat_goes_on(pages: WebPages) -> None:
    class Broken(AbstractMarkdownSearch):
        def search(self, query: str) -> str:
            raise RuntimeError("the engine is away")

    steps = [tool_call("informational_web_search", query="x"), tool_call("visit_page", '{"url": '), "Never mind."]
    with MockOpenAIServer(steps) as server:
        one = surfer(server, pages, browser=RequestsMarkdownBrowser(search_engine=Broken()))
        said = chat("sync", agent("user"), one, max_turns=3).chat_history[1::2]
    assert "the engine is away" in said[0]["content"]
    assert said[1]["content"].startswith("Error:")
    assert said[2]["content"] == "Never mind."


def test_a_browser_of_a_program_needs_the_abstract_methods_only(pages: WebPages) -> None:
    class Shelf(AbstractMarkdownBrowser):
        def __init__(self) -> None:
            self.at = "shelf:"

        address = property(lambda self: self.at)
        viewport = page_content = property(lambda self: f"Book {self.at}")

        def set_address(self, uri_or_path: str) -> None:
            self.at = uri_or_path

        def page_down(self) -> None: ...

        def page_up(self) -> None: ...

        def visit_page(self, path_or_uri: str) -> str:
            self.set_address(path_or_uri)
            return str(self.viewport)

        def open_local_file(self, local_path: str) -> str:
            return self.visit_page(local_path)

        def find_on_page(self, query: str) -> str | None:
            return None

        def find_next(self) -> str | None:
            return None

    with MockOpenAIServer([tool_call("visit_page", url="shelf:7")]) as server:
        one = surfer(server, pages, browser=Shelf())
        assert chat("sync", agent("user"), one, max_turns=1).summary == state("shelf:7", None, 1, 1) + "Book shelf:7"


# --- settings --------------------------------------------------------------------------------------------------------


def test_replies_stand_in_the_order_of_0_2(pages: WebPages) -> None:
    with MockOpenAIServer([]) as server:
        one = surfer(server, pages)
    assert [entry["reply_func"].__name__ for entry in one._reply_func_list] == [
        "check_termination_and_human_reply",
        "generate_function_call_reply",
        "generate_code_execution_reply",
        "generate_surfer_reply",
    ]


@pytest.mark.parametrize(
    ("summarizer", "expected"),
    [(None, (*BROWSING, *READING)), (False, BROWSING), ({"model": "m"}, (*BROWSING, *READING))],
)
def test_pages_are_read_unless_there_is_no_model_for_it(
    pages: WebPages, summarizer: Any, expected: tuple[str, ...]
) -> None:
    with MockOpenAIServer(["Nothing yet."]) as server:
        config = server.llm_config(**summarizer) if summarizer else summarizer
        one = surfer(server, pages, summarizer_llm_config=config)
        chat("sync", agent("user"), one, max_turns=1)
        tools = [tool["function"]["name"] for tool in server.requests[0]["tools"]]
    assert tuple(tools) == expected
    assert (one.summarization_client is None) is (summarizer is False)


def test_known_cheap_models_of_the_list_read_the_pages(pages: WebPages) -> None:
    with MockOpenAIServer([]) as server:
        entry = server.llm_config()["config_list"][0]
        entries = [{**entry, "model": name} for name in ("gpt-4", "gpt-3.5-turbo-16k")]
        config = {"config_list": entries, "temperature": 0}
        one = surfer(server, pages, llm_config=config)
    assert isinstance(one.summarizer_llm_config, dict)
    assert [entry["model"] for entry in one.summarizer_llm_config["config_list"]] == ["gpt-3.5-turbo-16k"]
    assert one.summarizer_llm_config["temperature"] == 0
    assert len(entries) == 2


@pytest.mark.parametrize("config", [False, None])
def test_without_a_model_it_says_what_it_says_by_default(config: Any) -> None:
    one = WebSurferAgent("surfer", llm_config=config, human_input_mode="NEVER", default_auto_reply="No model.")
    assert chat("sync", agent("user"), one, max_turns=1).summary == "No model."
    assert one._assistant is None


def test_the_settings_of_earlier_releases_make_the_browser(pages: WebPages, tmp_path: Any) -> None:
    pages.pages["/bing"] = Page("{}", kind="application/json")
    config = {
        "viewport_size": 77,
        "downloads_folder": str(tmp_path),
        "bing_api_key": "sesame",
        "bing_base_url": f"{pages.url}/bing",
        "request_kwargs": {"headers": {"User-Agent": "heron"}},
    }
    with MockOpenAIServer([]) as server:
        one = surfer(server, pages, browser=None, browser_config=config)
    one.browser.visit_page("search: x")
    one.browser.visit_page(f"{pages.url}/note.txt")
    assert (one.browser.viewport_size, one.browser.downloads_folder) == (77, str(tmp_path))
    assert pages.requests[0][1]["ocp-apim-subscription-key"] == "sesame"
    assert pages.requests[1][1]["user-agent"] == "heron"


def test_a_browser_and_settings_for_one_are_too_many(pages: WebPages) -> None:
    with MockOpenAIServer([]) as server, pytest.raises(ValueError, match="not both"):
        surfer(server, pages, browser_config={"viewport_size": 10})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"browser": "chrome"}, "it is 'chrome'"),
        ({"browser": None, "browser_config": "chrome"}, "browser_config must be a dict, but it is 'chrome'"),
        ({"browser": None, "browser_config": {"viewport_size": "big"}}, "viewport_size must be a number of characters"),
        ({"summarizer_llm_config": "gpt"}, "summarizer_llm_config must be an llm_config or False, but it is 'gpt'"),
        ({"browser": RequestsMarkdownBrowser}, r"such as RequestsMarkdownBrowser\(\)"),
        (
            {"browser": None, "browser_config": {"viewport_sizes": 10}},
            "does not know: 'viewport_sizes'.*viewport_size,",
        ),
    ],
)
def test_what_is_not_a_browser_is_refused_when_it_is_given(
    settings: dict[str, Any], told: str, pages: WebPages
) -> None:
    with MockOpenAIServer([]) as server, pytest.raises(TypeError, match=told):
        surfer(server, pages, **settings)


def test_without_settings_it_has_a_browser_all_the_same() -> None:
    with MockOpenAIServer([]) as server:
        one = WebSurferAgent("surfer", llm_config=server.llm_config())
    assert isinstance(one.browser, RequestsMarkdownBrowser)
    assert one.description == WebSurferAgent.DEFAULT_DESCRIPTION
