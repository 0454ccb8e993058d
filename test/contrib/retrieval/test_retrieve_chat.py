"""Retrieval chat: what the model is shown, UPDATE CONTEXT, the options, and what happens when something is missing."""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb
import pytest
from agent_kit import both_ways
from web_pages import WebPages

from autogen_classic import ConversableAgent, GroupChat, GroupChatManager
from autogen_classic.agentchat import conversable_agent
from autogen_classic.agentchat.contrib.retrieve_assistant_agent import RetrieveAssistantAgent
from autogen_classic.agentchat.contrib.retrieve_user_proxy_agent import RetrieveUserProxyAgent
from autogen_classic.agentchat.contrib.vectordb.chromadb import ChromaVectorDB
from autogen_classic.coding import LocalCommandLineCodeExecutor
from autogen_classic.errors import EmbeddingSizeError, UnreadableDocumentError, VectorStoreError
from autogen_classic.retrieve_utils import split_files_to_chunks
from autogen_classic.testing import MockOpenAIServer

Serve = Callable[..., MockOpenAIServer]
WORDS = ("alpha", "beta", "gamma", "delta")
TEXTS = {"a": "alpha alpha alpha one", "b": "beta beta two", "c": "gamma three", "d": "delta alpha four"}
PROMPT = "Q: {input_question} C: {input_context} S: {input_sources}"


def counted(texts: list[str]) -> list[list[float]]:
    """A stub embedding: how often a text says certain words."""
    return [[float(text.count(word)) for word in WORDS] for text in texts]


def words(text: str, model: str) -> int:
    return len(text.split())


@pytest.fixture(autouse=True)
def docs(clean_place: None) -> Path:
    folder = Path("docs").absolute()
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def retriever(*, code_execution_config: Any = False, **config: Any) -> RetrieveUserProxyAgent:
    settings = {
        "docs_path": "docs",
        "embedding_function": counted,
        "customized_prompt": PROMPT,
        "db_config": {"path": "db"},
        **config,
    }
    return RetrieveUserProxyAgent(
        "proxy", human_input_mode="NEVER", retrieve_config=settings, code_execution_config=code_execution_config
    )


def ask(
    way: str, proxy: ConversableAgent, helper: ConversableAgent, problem: str = "alpha beta", **context: Any
) -> Any:
    settings: dict[str, Any] = {"message": RetrieveUserProxyAgent.message_generator, "problem": problem, "silent": True}
    if way == "sync":
        return proxy.initiate_chat(helper, **settings, **context)
    return asyncio.run(proxy.a_initiate_chat(helper, **settings, **context))


def helper_with(server: MockOpenAIServer, name: str = "helper") -> ConversableAgent:
    return ConversableAgent(name, llm_config=server.llm_config(cache_seed=None), human_input_mode="NEVER")


def asked(server: MockOpenAIServer) -> list[str]:
    """The last message of each request."""
    return [request.last_text for request in server.requests]


@both_ways
def test_the_model_is_shown_the_nearest_documents_and_its_answer_ends_the_chat(way, serve: Serve, capsys):
    server = serve("the answer")
    result = ask(way, retriever(), helper_with(server), n_results=2)
    assert asked(server) == [
        "Q: alpha beta C: alpha alpha alpha one\nbeta beta two\n S: ['docs/a.txt', 'docs/b.txt']",
    ]
    assert [message["content"] for message in result.chat_history][1:] == ["the answer"]
    assert "Trying to create collection." in capsys.readouterr().out


@both_ways
def test_update_context_shows_the_next_documents_in_a_fresh_conversation(way, serve: Serve, capsys):
    server = serve("Sorry. UPDATE CONTEXT", "update context", "the answer")
    proxy = retriever(context_max_tokens=6, custom_token_count_function=words)
    result = ask(way, proxy, helper_with(server), n_results=3)
    assert asked(server) == [
        "Q: alpha beta C: alpha alpha alpha one\n S: ['docs/a.txt']",
        "Q: alpha beta C: beta beta two\ndelta alpha four\n S: ['docs/b.txt', 'docs/d.txt']",
        "Q: alpha beta C: gamma three\n S: ['docs/c.txt']",
    ]
    assert [len(request.messages) for request in server.requests] == [2, 2, 2]  # with the system message
    assert len(result.chat_history) == 2
    assert proxy._intermediate_answers == {"Sorry.", "update context"}
    assert "Updating context and resetting conversation." in capsys.readouterr().out


def test_when_all_documents_have_been_shown_the_chat_is_terminated(serve: Serve, capsys):
    server = serve("UPDATE CONTEXT", "TERMINATE")
    result = ask("sync", retriever(docs_path="docs/a.txt"), helper_with(server))
    assert [message["content"] for message in result.chat_history] == ["TERMINATE"]
    assert "No more context, will terminate." in capsys.readouterr().out


def test_update_context_false_shows_nothing_else(serve: Serve):
    server = serve("UPDATE CONTEXT", "the answer")
    result = ask("sync", retriever(update_context=False), helper_with(server), n_results=1)
    assert [message["content"] for message in result.chat_history][1:] == ["UPDATE CONTEXT", "", "the answer"]


def test_an_answer_without_the_prefix_adds_documents_that_are_near_to_it(serve: Serve):
    server = serve("it has to do with gamma", "Answer: three")
    proxy = retriever(customized_answer_prefix="the answer:", customized_prompt="{input_context}")
    proxy.customized_answer_prefix = "ANSWER:"
    ask("sync", proxy, helper_with(server), problem="alpha", n_results=1)
    assert asked(server) == ["alpha alpha alpha one\n", "alpha alpha alpha one\ngamma three"]


@pytest.mark.parametrize("task", ["default", "code", "qa"])
def test_the_prompt_of_each_task_has_question_and_context_and_says_how_to_ask_for_more(task, serve: Serve):
    server = serve("the answer")
    ask("sync", retriever(task=task, customized_prompt=None), helper_with(server), n_results=1)
    [prompt] = asked(server)
    assert "alpha beta" in prompt
    assert "alpha alpha alpha one" in prompt
    assert "`UPDATE CONTEXT`" in prompt
    assert ("docs/a.txt" in prompt) == (task == "default")
    assert ("```python" in prompt) == (task != "qa")


def test_an_unknown_task_is_refused():
    with pytest.raises(NotImplementedError, match="task bogus is not implemented"):
        ask("sync", retriever(task="bogus", customized_prompt=None), ConversableAgent("helper", llm_config=False))


def test_a_prompt_with_other_braces_is_taken_as_it_stands(serve: Serve):
    server = serve("the answer")
    proxy = retriever(customized_prompt='Answer {"a": 1}. {input_question} {input_context}')
    ask("sync", proxy, helper_with(server), problem="{input_context}", n_results=1)
    assert asked(server)[0].startswith('Answer {"a": 1}. {input_context} ')


def test_documents_that_are_too_long_are_skipped_and_the_others_fit(capsys):
    proxy = retriever(context_max_tokens=10, custom_token_count_function=lambda text, model: len(text.split()) * 3)
    message = proxy.message_generator(proxy, None, {"problem": "alpha beta gamma"})
    assert "C: beta beta two\n" in message
    assert "gamma three" not in message
    assert "as it is too long to fit in the context" in capsys.readouterr().out


def test_a_search_string_and_a_distance_leave_documents_out():
    proxy = retriever()
    message = proxy.message_generator(proxy, None, {"problem": "alpha", "search_string": "four"})
    assert "C: delta alpha four\n S" in message
    proxy = retriever(collection_name="near", distance_threshold=0.5)
    message = proxy.message_generator(proxy, None, {"problem": "alpha"})
    assert "C: alpha alpha alpha one\ndelta alpha four\n S" in message


def test_a_notebook_may_drive_the_parts_by_itself():
    # The pattern of published notebooks with a group: a function of the program asks the agent for context.
    proxy = retriever(context_max_tokens=6, custom_token_count_function=words)
    assert not hasattr(proxy, "problem")
    first = proxy.message_generator(proxy, None, {"problem": "alpha beta", "n_results": 3})
    assert "alpha alpha alpha one" in first
    assert proxy._check_update_context("UPDATE CONTEXT") == (True, False)
    answered, second = proxy._generate_retrieve_user_reply("UPDATE CONTEXT")
    assert answered
    assert "beta beta two" in second
    assert proxy._generate_retrieve_user_reply([{"content": "hello"}], ConversableAgent("z", llm_config=False)) == (
        False,
        None,
    )
    assert proxy._check_update_context({"content": None}) == (False, False)


def test_a_subclass_may_find_documents_elsewhere(serve: Serve):
    class Elsewhere(RetrieveUserProxyAgent):
        def retrieve_docs(self, problem: str, n_results: int = 20, search_string: str = "") -> None:
            self._results = {"ids": [["1"]], "documents": [[f"all about {problem}"]], "metadatas": [[{"source": "x"}]]}

    server = serve("the answer")
    proxy = Elsewhere(
        "proxy",
        human_input_mode="NEVER",
        retrieve_config={"vector_db": None, "docs_path": None, "customized_prompt": PROMPT},
        code_execution_config=False,
    )
    ask("sync", proxy, helper_with(server), problem="cats")
    assert asked(server) == ["Q: cats C: all about cats\n S: ['x']"]


# --- the collection --------------------------------------------------------------------------------------------------


def test_a_collection_that_exists_is_an_error_unless_the_program_says_what_to_do(serve: Serve, docs):
    first = retriever()
    first.retrieve_docs("alpha")
    with pytest.raises(VectorStoreError, match="already exists"):
        retriever().retrieve_docs("alpha")
    (docs / "e.txt").write_text("epsilon alpha")
    calls: list[int] = []

    def counting(texts: list[str]) -> list[list[float]]:
        calls.append(len(texts))
        return counted(texts)

    retriever(get_or_create=True, embedding_function=counting).retrieve_docs("alpha")
    assert calls == [1, 1]  # the new document, and the question
    retriever(get_or_create=True, new_docs=False, embedding_function=counting).retrieve_docs("alpha")
    assert calls[2:] == [5, 1]
    (docs / "e.txt").unlink()
    again = retriever(overwrite=True)
    again.retrieve_docs("alpha")
    assert len(again._results[0]) == 4
    without = retriever(docs_path=None)
    without.retrieve_docs("alpha")
    assert without._results == again._results


def test_the_second_chat_of_an_agent_uses_its_collection_again(serve: Serve):
    server = serve("one", "two")
    proxy, helper = retriever(), helper_with(server)
    ask("sync", proxy, helper, n_results=1)
    ask("sync", proxy, helper, problem="gamma", n_results=1)
    assert "gamma three" in asked(server)[1]


def test_equal_chunks_are_stored_once(docs):
    (docs / "copy.txt").write_text(TEXTS["a"])
    proxy = retriever()
    proxy.retrieve_docs("alpha")
    assert len(proxy._results[0]) == 4


def test_a_database_a_client_or_none_may_be_given(tmp_path):
    client = chromadb.PersistentClient(path=str(tmp_path / "mine"))
    database = ChromaVectorDB(client=client, embedding_function=counted)
    for name, config in {
        "object": {"vector_db": database},
        "client": {"client": client, "db_config": {}},
        "none": {"vector_db": None, "client": client},
    }.items():
        proxy = retriever(collection_name=name, **config)
        proxy.retrieve_docs("alpha", n_results=1)
        assert proxy._results[0][0][0]["content"] == TEXTS["a"]
        assert client.get_collection(name).count() == 4
    with pytest.raises(VectorStoreError, match="Unsupported vector database type: zzz"):
        retriever(vector_db="zzz")


def test_a_database_of_the_program_needs_no_more_than_the_methods():
    class Own:
        """Knows one document, and is derived from nothing."""

        def create_collection(self, *args: Any) -> None: ...

        def get_docs_by_ids(self, *args: Any) -> None: ...

        def insert_docs(self, docs: list[Any], *args: Any, **kwargs: Any) -> None:
            self.docs = docs

        def retrieve_docs(self, *args: Any) -> Any:
            return [[(self.docs[0], 0.0)]]

    proxy = retriever(vector_db=Own(), docs_path="docs/a.txt")
    assert TEXTS["a"] in proxy.message_generator(proxy, None, {"problem": "alpha"})


def test_documents_may_come_from_the_web(serve: Serve):
    with WebPages({"/page": "<title>Page</title><p>alpha beta</p>"}) as web:
        proxy = retriever(docs_path=[f"{web.url}/page", "docs"])
        message = proxy.message_generator(proxy, None, {"problem": "beta alpha", "search_string": "Page"})
        assert message == f"Q: beta alpha C: # Page\n\nalpha beta\n S: ['{web.url}/page']"


@pytest.mark.parametrize("vector_db", ["chroma", None])
@pytest.mark.parametrize("docs_path", ["empty", ["nowhere.md", "none.txt"], "empty/bad.pdf", []])
def test_documents_without_text_are_an_error_and_the_program_may_try_again(docs_path, vector_db, docs):
    Path("empty").mkdir()
    if docs_path == "empty/bad.pdf":
        Path(docs_path).write_bytes(b"%PDF-1.4 damaged")
    settings = {"vector_db": vector_db, "client": chromadb.PersistentClient(path=str(Path("own").absolute()))}
    proxy = retriever(docs_path=docs_path, **settings)
    with pytest.raises(UnreadableDocumentError, match=r"No text was found in docs_path=.*custom_text_types"):
        ask("sync", proxy, ConversableAgent("helper", llm_config=False))
    retriever(docs_path=str(docs), **settings).retrieve_docs("alpha")


@pytest.mark.parametrize("vector_db", ["chroma", None])
def test_a_collection_with_documents_serves_although_docs_path_has_none(vector_db, caplog):
    settings = {"vector_db": vector_db, "client": chromadb.PersistentClient(path=str(Path("own").absolute()))}
    retriever(**settings).retrieve_docs("alpha")
    Path("empty").mkdir()
    proxy = retriever(docs_path="empty", get_or_create=True, **settings)
    proxy.retrieve_docs("alpha", n_results=1)
    assert proxy._results[0][0][0]["content"] == TEXTS["a"]
    with pytest.raises(UnreadableDocumentError, match="No text was found"):
        retriever(docs_path="empty", get_or_create=True, collection_name="new", **settings).retrieve_docs("alpha")


def test_documents_without_text_do_not_throw_a_collection_away():
    retriever().retrieve_docs("alpha")
    Path("empty").mkdir()
    with pytest.raises(UnreadableDocumentError, match="No text was found in docs_path='empty'"):
        retriever(docs_path="empty", overwrite=True).retrieve_docs("alpha")
    again = retriever(docs_path=None)
    again.retrieve_docs("alpha")
    assert len(again._results[0]) == 4


def test_a_url_gives_its_password_and_key_to_no_log_error_model_or_database(caplog):
    with WebPages({"/page": "<title>Page</title><p>alpha beta</p>"}) as web:
        secret = web.url.replace("://", "://user:PASSWORD99@") + "/{}?key=SECRETKEY99"
        with pytest.raises(UnreadableDocumentError) as caught:
            retriever(docs_path=[secret.format("gone")]).retrieve_docs("alpha")
        proxy = retriever(docs_path=secret.format("page"))
        message = proxy.message_generator(proxy, None, {"problem": "alpha"})
        assert message.endswith(f"S: ['{web.url}/page']")
    for text in (caplog.text, str(caught.value), message, str(proxy._results)):
        assert "PASSWORD99" not in text
        assert "SECRETKEY99" not in text
    assert f"Failed to download {web.url}/gone" in caplog.text


@pytest.mark.parametrize(
    ("config", "kind", "text"),
    [
        ({"task": "qaa"}, NotImplementedError, r"task qaa is not implemented. Use one of 'code', 'qa', 'default'"),
        ({"docs_path": 5}, TypeError, "docs_path must be a path"),
        ({"chunk_token_size": 0}, ValueError, "chunk_token_size is 0"),
        ({"context_max_tokens": -1}, ValueError, "context_max_tokens is -1"),
        ({"chunk_mode": "two_lines"}, AssertionError, "chunk_mode is 'two_lines'"),
    ],
)
def test_settings_that_cannot_work_are_refused_when_the_agent_is_made(config, kind, text):
    with pytest.raises(kind, match=text):
        retriever(**{"customized_prompt": None, **config})


def test_a_configuration_that_is_not_a_dict_is_refused():
    with pytest.raises(TypeError, match="retrieve_config must be a dict"):
        RetrieveUserProxyAgent(retrieve_config=["docs"], code_execution_config=False)  # type: ignore[arg-type]


def test_a_task_of_the_program_needs_a_prompt_or_a_method_of_the_program():
    class Own(RetrieveUserProxyAgent):
        def _generate_message(self, doc_contents: str, task: str = "default") -> str:
            return f"{task}: {doc_contents}"

    assert retriever(task="sum up")._task == "sum up"
    settings = {"task": "sum up", "docs_path": "docs", "embedding_function": counted, "db_config": {"path": "db"}}
    proxy = Own("proxy", retrieve_config=settings, code_execution_config=False)
    assert proxy.message_generator(proxy, None, {"problem": "alpha"}).startswith("sum up: alpha")


def test_a_key_that_nothing_reads_is_warned_about(caplog):
    retriever(doc_path="docs", zzz=1)
    assert "has the key 'doc_path', which is not known and has no effect. Did you mean 'docs_path'?" in caplog.text
    assert "has the key 'zzz', which is not known and has no effect.\n" in caplog.text


def test_a_configuration_without_docs_path_is_warned_about(caplog):
    RetrieveUserProxyAgent(
        retrieve_config={"db_config": {"path": "db"}, "embedding_function": counted}, code_execution_config=False
    )
    assert "docs_path is not in retrieve_config" in caplog.text


def test_another_embedding_size_is_a_clear_error():
    retriever().retrieve_docs("alpha")
    with pytest.raises(EmbeddingSizeError, match="vectors of another size"):
        retriever(docs_path=None, embedding_function=lambda texts: [[1.0]] * len(texts)).retrieve_docs("alpha")


@both_ways
def test_a_database_that_goes_away_in_mid_chat_loses_nothing_and_the_chat_can_go_on(way, serve: Serve):
    def vanish(request: object) -> str:
        proxy._client.delete_collection("autogen-docs")
        return "UPDATE CONTEXT"

    server = serve(vanish, "alpha it is")
    proxy, helper = retriever(), helper_with(server)
    with pytest.raises(VectorStoreError, match="'autogen-docs' cannot be used"):
        ask(way, proxy, helper, n_results=1)
    assert [message["content"] for message in proxy.chat_messages[helper]][1:] == ["UPDATE CONTEXT"]
    assert proxy._doc_contents == [TEXTS["a"]]
    assert len(proxy._results[0]) == 1
    proxy.send("Answer by what you have.", helper, silent=True)
    assert proxy.last_message(helper)["content"] == "alpha it is"
    assert [message["content"] for message in server.requests[1].messages][-2:] == [
        "UPDATE CONTEXT",
        "Answer by what you have.",
    ]


# --- with others -----------------------------------------------------------------------------------------------------


@both_ways
def test_it_opens_a_group_chat(way, serve: Serve):
    server = serve("the answer")
    helper = helper_with(server)
    proxy = retriever()
    proxy._is_termination_msg = lambda message: False
    group = GroupChat([proxy, helper], [], max_round=2, speaker_selection_method="round_robin")
    ask(way, proxy, GroupChatManager(group, llm_config=False), n_results=1)
    assert [message["name"] for message in group.messages] == ["proxy", "helper"]
    assert "alpha alpha alpha one" in asked(server)[0]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("exitcode: 0 (execution succeeded)\nCode output: 1", (True, "TERMINATE")),
        ("exitcode: 1 (execution failed)\nCode output: 1", (False, None)),
        ("update context", (True, "UPDATE CONTEXT")),
        ("x" * 30 + "UPDATE CONTEXT", (True, "UPDATE CONTEXT")),
        ("x" * 30 + "UPDATE CONTEXT" + "y" * 30, (False, None)),
        (None, (False, None)),
    ],
)
def test_the_retrieve_assistant_replies_without_its_model(said, reply):
    assistant = RetrieveAssistantAgent("assistant", llm_config=False)
    first = assistant._reply_func_list[0]["reply_func"]
    assert first(assistant, [{"content": said}], ConversableAgent("z", llm_config=False), None) == reply


# --- small parts -----------------------------------------------------------------------------------------------------


def test_the_reply_stands_behind_that_of_the_person():
    names = [one["reply_func"].__name__ for one in retriever()._reply_func_list]
    assert names.index("_generate_retrieve_user_reply") == 2


@pytest.mark.parametrize(
    ("content", "ends"),
    [
        ("```python\nprint(1)\n```", False),
        ("```sh\nls\n```", True),
        ("UPDATE CONTEXT", False),
        ("plain", True),
        (None, False),
        ([{"type": "text", "text": "hi"}], True),
    ],
)
def test_what_ends_a_chat(content, ends):
    assert retriever()._is_termination_msg({"content": content}) is ends


def test_the_tokens_of_models():
    names = ["gpt-4", "gpt-4-32k", "gpt-3.5-turbo", "gpt-3.5-turbo-16k", "llama"]
    assert [RetrieveUserProxyAgent.get_max_tokens(name) for name in names] == [8000, 32000, 4000, 16000, 4000]


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What runs in the IPython that this program seems to run in."""
    cells: list[str] = []
    done = types.SimpleNamespace(result=3, success=False, error_before_exec=None, error_in_exec=ValueError("x"))
    shell = types.SimpleNamespace(run_cell=lambda code: cells.append(code) or done)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.delenv("AUTOGEN_USE_DOCKER", raising=False)
    monkeypatch.setattr(conversable_agent, "check_can_use_docker_or_throw", lambda use_docker: None)
    return cells


@pytest.mark.parametrize("config", [False, {}, {"use_docker": False}])
def test_code_runs_in_the_notebook_with_a_warning_and_nothing_is_installed(config, notebook, caplog):
    proxy = retriever(code_execution_config=config)
    assert proxy.run_code("1 + 2", lang="python") == (1, "3\nx", None)
    assert notebook == ["1 + 2"]
    assert "runs the model's Python within this notebook" in caplog.text
    assert proxy.run_code("pip install x", lang="sh")[:2] == (
        0,
        "You MUST NOT install any packages because all the packages needed are already installed.",
    )


@pytest.mark.parametrize("asked_by", ["program", "environment"])
def test_code_for_docker_never_runs_in_the_notebook(asked_by, notebook, monkeypatch):
    config = {"use_docker": "python:3"} if asked_by == "program" else {}
    if asked_by == "environment":
        monkeypatch.setenv("AUTOGEN_USE_DOCKER", "True")
    ran: list[Any] = []
    monkeypatch.setattr(
        conversable_agent, "execute_code", lambda code, **kwargs: ran.append(kwargs["use_docker"]) or (0, "3", None)
    )
    proxy = retriever(code_execution_config=config)
    assert proxy.execute_code_blocks([("python", "1 + 2")]) == (0, "\n3")
    assert ran == [config.get("use_docker", True)]
    assert notebook == []


def test_code_for_an_executor_never_runs_in_the_notebook(notebook, tmp_path):
    executor = LocalCommandLineCodeExecutor(work_dir=tmp_path)
    proxy = retriever(code_execution_config={"executor": executor})
    reply = proxy.generate_reply([{"role": "user", "content": "```python\nprint(7 * 6)\n```"}])
    assert "42" in reply
    assert notebook == []


# --- what is given in a wrong type -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "given", "kind"),
    [
        ("db_config", "./chroma", "a dict"),
        ("custom_text_split_function", "lines", "a function"),
        ("custom_token_count_function", 5, "a function"),
        ("distance_threshold", "0.5", "a number"),
        ("chunk_token_size", "many", "a number"),
        ("context_max_tokens", [1], "a number"),
        ("customized_prompt", 5, "a text"),
        ("collection_name", 5, "a text"),
        ("customized_answer_prefix", ["a"], "a text"),
    ],
)
def test_a_setting_of_a_wrong_type_is_told_by_its_name(setting: str, given: Any, kind: str) -> None:
    config = {"docs_path": None, "vector_db": None, setting: given}
    with pytest.raises(TypeError, match=f"{setting} in the retrieve_config must be {kind}, but it is"):
        RetrieveUserProxyAgent("proxy", "NEVER", retrieve_config=config, code_execution_config=False)


@pytest.mark.parametrize(
    ("context", "kind", "says"),
    [
        ({"problem": None}, TypeError, "problem must be a text, but it is None"),
        ({"problem": "Who?", "n_results": "5"}, TypeError, "n_results must be a whole number, but it is '5'"),
        ({"problem": "Who?", "n_results": 0}, ValueError, "n_results must be 1 or more, but it is 0"),
        ({"problem": "Who?", "search_string": 5}, TypeError, "search_string must be a text, but it is 5"),
    ],
)
def test_a_question_of_a_wrong_type_is_told_before_a_database_is_asked(
    context: dict[str, Any], kind: type[Exception], says: str
) -> None:
    proxy = retriever()
    with pytest.raises(kind, match=says):
        proxy.message_generator(proxy, None, context)
    assert proxy._collection is False


@pytest.mark.parametrize(("found", "chunks"), [("one", ["one"]), (None, []), (("a", "b"), ["a", "b"])])
def test_a_function_that_splits_may_return_one_text_or_nothing(found: Any, chunks: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Some words.", encoding="utf-8")
    file = str(tmp_path / "a.txt")
    assert split_files_to_chunks([file], custom_text_split_function=lambda text: found)[0] == chunks
    assert split_files_to_chunks(file, custom_text_split_function=lambda text: found)[0] == chunks  # type: ignore[arg-type]


def test_a_function_that_splits_into_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Some words.", encoding="utf-8")
    with pytest.raises(TypeError, match=r"must return a list of texts, but it returned \[1, 2\]"):
        split_files_to_chunks([str(tmp_path / "a.txt")], custom_text_split_function=lambda text: [1, 2])
