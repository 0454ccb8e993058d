"""Keys of every contrib room that sends one: the service fails and quotes it, and nobody gets to see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from agent_kit import agent, chat
from quoting_server import QuotingServer

from autogen_classic.agentchat.contrib.capabilities.generate_images import DalleImageGenerator, ImageGeneration
from autogen_classic.agentchat.contrib.capabilities.vision_capability import VisionCapability
from autogen_classic.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent
from autogen_classic.agentchat.contrib.img_utils import get_pil_image, gpt4v_formatter
from autogen_classic.agentchat.contrib.llava_agent import LLaVAAgent, llava_call
from autogen_classic.agentchat.contrib.math_user_proxy_agent import MathUserProxyAgent
from autogen_classic.agentchat.contrib.web_surfer import WebSurferAgent
from autogen_classic.browser_utils import BingMarkdownSearch, RequestsMarkdownBrowser
from autogen_classic.retrieve_utils import create_vector_db_from_dir
from autogen_classic.testing import MockOpenAIServer, tool_call


@pytest.fixture
def server() -> Iterator[QuotingServer]:
    with QuotingServer() as running:
        yield running


def letters(texts: list[str]) -> list[list[float]]:
    return [[float(text.count(letter)) for letter in "abdg"] for text in texts]


def entry(search: Any, server: QuotingServer, model: str) -> dict[str, Any]:
    """A configuration with a key, a password and a key in the query."""
    address = f"http://user:{search.plant('password')}@{server.place}/v1?code={search.plant('query')}"
    return {"model": model, "api_key": search.plant("api-key"), "base_url": address, "max_retries": 0}


def dalle(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with MockOpenAIServer(["Yes.", "Red."]) as model:
        artist = agent("artist", llm_config=model.llm_config())
        generator = DalleImageGenerator({"config_list": [entry(search, server, "dall-e-3")]})
        search.see("a generator", generator, vars(generator)["_entry"] is not None)
        ImageGeneration(generator).add_to_agent(artist)
        chat("sync", agent("user"), artist, message="Draw.", max_turns=1, silent=False)


def picture(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://user:{search.plant('password')}@{server.place}/a.png?sig={search.plant('signature')}"
    gpt4v_formatter(f"<img {address}>")
    get_pil_image(address)


def vision(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = agent("reader", default_auto_reply="Hello.")
    VisionCapability({"config_list": [entry(search, server, "eye")], "cache_seed": None}).add_to_agent(reader)
    data = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
    chat("sync", agent("user"), reader, message=f"<img {data}>", max_turns=1, silent=False)


def llava_worker(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    config_list = [entry(search, server, "llava")]
    assert llava_call("Hello.", {"config_list": config_list}) is None
    llava = LLaVAAgent("llava", llm_config={"config_list": config_list}, human_input_mode="NEVER")
    chat("sync", agent("user"), llava, max_turns=1, silent=False)


def llava_at_replicate(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    import replicate

    token = search.plant("replicate")
    monkeypatch.setenv("REPLICATE_API_TOKEN", token)
    client = replicate.Client(api_token=token, base_url=f"http://{server.place}")
    search.at_end(lambda: client._client.close())
    monkeypatch.setattr(replicate, "run", client.run)
    config = {"config_list": [{"model": "llava", "base_url": "yorickvp/llava-13b:abc"}]}
    assert llava_call("Hello.", config) is None
    raise RuntimeError("LLaVA has printed what is wrong.")


def assistant(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = GPTAssistantAgent("helper", "Help.", {"config_list": [entry(search, server, "gpt-4o")]})
    helper.oai_threads[None] = type("Thread", (), {"id": "conv_1"})()
    helper.clear_history()
    chat("sync", agent("user"), helper, max_turns=1, silent=False)


def assistant_with_files(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = {"tools": [{"type": "file_search"}], "file_ids": ["file-1"]}
    helper = GPTAssistantAgent("helper", "Help.", {"config_list": [entry(search, server, "gpt-4o")]}, tools)
    chat("sync", agent("user"), helper, max_turns=1, silent=False)


def bing(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://user:{search.plant('password')}@{server.place}/search?code={search.plant('query')}"
    BingMarkdownSearch(search.plant("bing"), base_url=address).search("herons")


def bing_in_a_chat(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BING_API_KEY", search.plant("environment"))
    engine = BingMarkdownSearch(base_url=f"http://{server.place}/search?code={search.plant('query')}")
    with MockOpenAIServer([tool_call("informational_web_search", query="herons")]) as model:
        browser = RequestsMarkdownBrowser(search_engine=engine)
        surfer = WebSurferAgent("surfer", llm_config=model.llm_config(), human_input_mode="NEVER", browser=browser)
        result = chat("sync", agent("user"), surfer, max_turns=1, silent=False)
    raise RuntimeError(f"The page says: {result.summary}")


def wolfram(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    wolframalpha = pytest.importorskip("wolframalpha")
    monkeypatch.setenv("WOLFRAM_ALPHA_APPID", search.plant("app-id"))
    monkeypatch.setattr(wolframalpha.Client, "url", f"http://{server.place}/query", raising=False)
    mathematician = MathUserProxyAgent(human_input_mode="NEVER")
    message = "```wolfram\n2+2\n```"
    result = chat("sync", agent("user"), mathematician, message=message, max_turns=1, silent=False)
    raise RuntimeError(f"The answer is: {result.summary}")


def mongodb(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymongo")
    from autogen_classic.agentchat.contrib.vectordb.mongodb import MongoDBAtlasVectorDB

    settings = "serverSelectionTimeoutMS=50"
    MongoDBAtlasVectorDB(f"mongodb://user:{search.plant('mongodb')}@127.0.0.1:9/?{settings}", "db", letters)


def mongodb_misspelt(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymongo")
    from autogen_classic.agentchat.contrib.vectordb.mongodb import MongoDBAtlasVectorDB

    MongoDBAtlasVectorDB(f"user:{search.plant('mongodb')}@127.0.0.1", "db", letters)


def couchbase(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    exceptions = pytest.importorskip("couchbase.exceptions")
    from couchbase import cluster

    from autogen_classic.agentchat.contrib.vectordb.couchbase import CouchbaseVectorDB

    def refuse(address: str, options: Any) -> None:
        raise exceptions.AuthenticationException(message=f"{address} refuses {options['authenticator'].as_dict()}")

    monkeypatch.setattr(cluster, "Cluster", refuse)
    address = f"couchbase://user:{search.plant('address')}@127.0.0.1"
    CouchbaseVectorDB(address, "user", search.plant("couchbase"), "db", letters)


def postgres(written: str) -> Callable[..., None]:
    def connect(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("psycopg")
        from autogen_classic.agentchat.contrib.vectordb.pgvectordb import PGVectorDB

        key = search.plant("postgres")
        PGVectorDB(connection_string=written.format(key=key), embedding_function=letters)

    return connect


def postgres_password(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg")
    from autogen_classic.agentchat.contrib.vectordb.pgvectordb import PGVectorDB

    key = search.plant("postgres")
    PGVectorDB(host="127.0.0.1", port=9, dbname=f"password={key}", username="user", password=key)


def qdrant(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("qdrant_client")
    from autogen_classic.agentchat.contrib.vectordb.qdrant import QdrantVectorDB

    database = QdrantVectorDB(url=f"http://{server.place}", api_key=search.plant("qdrant"), embedding_function=letters)
    database.create_collection("birds")


def documents(search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"http://user:{search.plant('password')}@{server.place}/a.txt?sig={search.plant('signature')}"
    create_vector_db_from_dir(address, embedding_function=letters)
    raise RuntimeError("A warning has told that there is no document.")


ROOMS = {
    "dalle": dalle,
    "picture": picture,
    "vision": vision,
    "llava_worker": llava_worker,
    "llava_at_replicate": llava_at_replicate,
    "assistant": assistant,
    "assistant_with_files": assistant_with_files,
    "bing": bing,
    "bing_in_a_chat": bing_in_a_chat,
    "wolfram": wolfram,
    "mongodb": mongodb,
    "mongodb_misspelt": mongodb_misspelt,
    "couchbase": couchbase,
    "postgres_url": postgres("postgresql://user:{key}@127.0.0.1:9/db"),
    "postgres_url_misspelt": postgres("postgresql://user:a@{key}@127.0.0.1:9/db"),
    "postgres_words": postgres("host=127.0.0.1 port=9 user=u password={key} foo=1"),
    "postgres_words_misspelt": postgres("host=127.0.0.1 port=9 user=u password=a {key}"),
    "postgres_password": postgres_password,
    "qdrant": qdrant,
    "documents": documents,
}


# Their clients are not told the address of a server that quotes.
WITHOUT_SERVER = ("couchbase", "mongodb", "postgres")


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
@pytest.mark.filterwarnings("ignore:Failed to obtain server version")
@pytest.mark.filterwarnings("ignore:Qdrant client version")
@pytest.mark.parametrize("room", ROOMS)
def test_a_service_that_fails_shows_no_key(
    room: str, search: Any, server: QuotingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each room has its own
        ROOMS[room](search, server, monkeypatch)
    search.see_error(caught.value)
    sent = [*search.keys, "Basic "]  # what stands in an address goes as a header
    assert room.startswith(WITHOUT_SERVER) or any(key in text for key in sent for text in server.quoted)
    search.find_nothing()
