"""An agent that looks into documents before it asks: retrieval chat. The extra ``retrievechat`` has what it needs."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, Literal, Protocol

from ..._core import tape
from ..._core.content import content_str
from ..._core.tags import keep_foreign_pictures
from ..._warn import warn_once
from ..._web.addresses import without_login
from ...code_utils import extract_code
from ...errors import UnreadableDocumentError
from ...formatting_utils import colored
from ...io.base import IOStream
from ...retrieve_utils import (
    TEXT_FORMATS,
    create_vector_db_from_dir,
    get_files_from_dir,
    query_vector_db,
    split_files_to_chunks,
)
from ...token_count_utils import count_token
from .. import UserProxyAgent
from ..agent import Agent
from ._retrieval.documents import texts_of
from ._retrieval.embed import DEFAULT_MODEL, embedding_from
from ._retrieval.prompts import (
    PROMPT_CODE,
    PROMPT_DEFAULT,
    PROMPT_QA,
    PROMPTS,
    UPDATE_CONTEXT_IN_PROMPT,
    filled,
)
from ._retrieval.search import HASH_LENGTH, documents_of, query_results_of, search, store
from ._retrieval.settings import check_question, check_settings, check_task
from .vectordb.base import Document, QueryResults, VectorDB, VectorDBFactory
from .vectordb.utils import filter_results_by_distance

__all__ = (
    "HASH_LENGTH",
    "PROMPT_CODE",
    "PROMPT_DEFAULT",
    "PROMPT_QA",
    "TEXT_FORMATS",
    "UPDATE_CONTEXT_IN_PROMPT",
    "RetrieveUserProxyAgent",
)

logger = logging.getLogger("autogen.agentchat.contrib.retrieve_user_proxy_agent")

_UPDATE_CONTEXT = "UPDATE CONTEXT"
_TERMINATE = "TERMINATE"
_SHELLS = ("bash", "shell", "sh")
_NOTHING_IS_INSTALLED = "You MUST NOT install any packages because all the packages needed are already installed."
# How many times as many documents are asked for, one after the other, when those that were found are used up.
_WIDER = (3, 5, 7, 9)


class _Ran(Protocol):
    """What IPython says about a cell that it has run."""

    success: bool
    result: object
    error_before_exec: BaseException | None
    error_in_exec: BaseException | None


class _Shell(Protocol):
    """A running IPython."""

    def run_cell(self, code: str) -> _Ran: ...


class RetrieveUserProxyAgent(UserProxyAgent):
    """An agent that stands in for a person, and adds to their question what documents say about it.

    A chat begins with ``initiate_chat(assistant, message=agent.message_generator, problem="...")``. A model that cannot
    answer by what it is shown says UPDATE CONTEXT, and is shown other documents.

    The attribute ``update_context`` is the setting of that name, as in AutoGen 0.2 and AG2 0.7, and hides the method of
    other agents that sets context variables: call ``agent.context_variables.update(...)`` in its place.

    Args:
        name: the name.
        human_input_mode: when the person is asked; see `ConversableAgent`.
        is_termination_msg: tells whether a message ends the chat; by default one does that holds no Python code and
            does not ask for other documents.
        retrieve_config: a dict with any of these keys.

            - ``task``: ``"code"``, ``"qa"`` or ``"default"``, which lets the model find out; chooses the prompt.
            - ``docs_path``: a file, a folder, a pattern, a url, or a list of these; None for a collection that exists.
            - ``vector_db``: the name of a database (``"chroma"``, ``"pgvector"``, ``"mongodb"``, ``"qdrant"``,
              ``"couchbase"``) or a `VectorDB`; None for the functions of `retrieve_utils`.
            - ``db_config``: what the class of the database takes.
            - ``client``: a client of Chroma or Qdrant, in the place of the one that ``db_config`` makes.
            - ``collection_name``: the default is ``autogen-docs``.
            - ``get_or_create``: take the collection if it exists; otherwise that is an error.
            - ``overwrite``: throw the collection away if it exists.
            - ``new_docs``: store only the chunks that are not in the collection (default); False stores all afresh.
            - ``extra_docs``: with ``vector_db=None``, add chunks after those in the collection.
            - ``model``: the name of the model; says how many tokens the two following have by default.
            - ``chunk_token_size``: how many tokens a chunk may have; 40 % of those of the model.
            - ``context_max_tokens``: how many tokens all shown chunks may have; 80 % of those of the model.
            - ``chunk_mode``, ``must_break_at_empty_line``: see `retrieve_utils.split_text_to_chunks`.
            - ``embedding_function``: takes a list of texts and gives a vector for each; or ``"local"``.
            - ``embedding_model``: a model of sentence-transformers, if there is no function.
            - ``customized_prompt``: a prompt with the places ``{input_question}``, ``{input_context}`` and, if wanted,
              ``{input_sources}``.
            - ``customized_answer_prefix``: an answer without this text counts as UPDATE CONTEXT; what was shown is kept
              and documents that are near to the answer are added.
            - ``update_context``: False never shows other documents.
            - ``custom_token_count_function``: takes a text and the name of the model, and gives the tokens.
            - ``custom_text_split_function``: takes a text and gives its chunks.
            - ``custom_text_types``: the endings of the files to take from folders.
            - ``recursive``: whether to look into the folders of a folder.
            - ``distance_threshold``: leave out documents that are as far away or farther; below 0 for none.
        **kwargs: what `UserProxyAgent` takes.

    Raises:
        TypeError: ``retrieve_config`` is not a dict, or ``docs_path`` is not one or more paths.
        ValueError: a number of tokens is below 1.
        NotImplementedError: there is no prompt for the task.
        VectorStoreError: ``vector_db`` is not known, or the database cannot be reached.
        ImportError: a package is missing.
    """

    # Set by the first question; programs ask whether there has been one.
    problem: str
    n_results: int

    def __init__(
        self,
        name: str = "RetrieveChatAgent",
        human_input_mode: Literal["ALWAYS", "NEVER", "TERMINATE"] = "ALWAYS",
        is_termination_msg: Callable[[dict[str, Any]], bool] | None = None,
        retrieve_config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, human_input_mode=human_input_mode, **kwargs)
        config = {} if retrieve_config is None else retrieve_config
        check_settings(config)
        self._retrieve_config = config
        self._task: str = config.get("task", "default")
        self._docs_path = config.get("docs_path")
        if "docs_path" not in config:
            logger.warning(
                "docs_path is not in retrieve_config; the collection must exist. Set docs_path to None if it does."
            )
        self._collection_name: str = config.get("collection_name", "autogen-docs")
        self._get_or_create: bool = config.get("get_or_create", False)
        self._overwrite: bool = config.get("overwrite", False)
        self._new_docs: bool = config.get("new_docs", True)
        self._extra_docs: bool = config.get("extra_docs", False)
        self._model: str = config.get("model", "gpt-4")
        self._max_tokens = self.get_max_tokens(self._model)
        self._chunk_token_size = int(config.get("chunk_token_size", self._max_tokens * 0.4))
        self._context_max_tokens = float(config.get("context_max_tokens", self._max_tokens * 0.8))
        self._chunk_mode: str = config.get("chunk_mode", "multi_lines")
        self._must_break_at_empty_line: bool = config.get("must_break_at_empty_line", True)
        self._embedding_model: str = config.get("embedding_model", DEFAULT_MODEL)
        self._embedding_function = config.get("embedding_function")
        self.customized_prompt: str | None = config.get("customized_prompt")
        self.customized_answer_prefix: str = config.get("customized_answer_prefix", "").upper()
        self.update_context: bool = config.get("update_context", True)  # type: ignore[assignment] # hides a method
        self.custom_token_count_function = config.get("custom_token_count_function", count_token)
        self.custom_text_split_function = config.get("custom_text_split_function")
        self._custom_text_types = texts_of(config.get("custom_text_types", TEXT_FORMATS))
        self._recursive: bool = config.get("recursive", True)
        threshold: float | None = config.get("distance_threshold")
        self._distance_threshold: float = -1 if threshold is None else threshold
        self._client = config.get("client")
        self._db_config: dict[str, Any] = dict(config.get("db_config") or {})
        self._vector_db = self._vector_db_from(config.get("vector_db", "chroma"))

        if self.customized_prompt is None and type(self)._generate_message is RetrieveUserProxyAgent._generate_message:
            check_task(self._task)

        self._collection = self._docs_path is None  # whether the collection is ready
        self._ipython = None if self._is_told_to_use_docker(kwargs.get("code_execution_config")) else _running_ipython()
        self._doc_idx = -1  # of the last document that was looked at
        self._results: QueryResults = []
        self._intermediate_answers: set[str] = set()
        self._doc_contents: list[str] = []
        self._doc_ids: list[Any] = []
        self._current_docs_in_context: list[Any] = []
        self._search_string = ""
        self._is_termination_msg = (
            self._is_termination_msg_retrievechat if is_termination_msg is None else is_termination_msg
        )
        self.register_reply(Agent, RetrieveUserProxyAgent._generate_retrieve_user_reply, position=2)

    def _is_told_to_use_docker(self, code_execution_config: object) -> bool:
        """Tell whether Docker is what the program or the environment asks for, rather than the default."""
        named = isinstance(code_execution_config, Mapping) and code_execution_config.get("use_docker") is not None
        return bool(self.use_docker) and (named or "AUTOGEN_USE_DOCKER" in os.environ)

    def _vector_db_from(self, given: VectorDB | str | None) -> VectorDB | None:
        """The database that the configuration asks for; None for the functions of `retrieve_utils`."""
        if given is None or hasattr(given, "retrieve_docs"):
            return given  # type: ignore[return-value]
        is_chroma = given in ("chroma", "chromadb")
        if self._db_config.get("embedding_function") is None and (self._embedding_function is not None or is_chroma):
            self._db_config["embedding_function"] = embedding_from(self._embedding_function, self._embedding_model)
        if self._client is not None and (is_chroma or given in ("qdrant", "qdrantdb")):
            self._db_config.setdefault("client", self._client)
        database = VectorDBFactory.create_vector_db(given, **self._db_config)
        self._embedding_function = database.embedding_function
        self._client = getattr(database, "client", None)
        return database

    def _init_db(self) -> None:
        """Make the collection, and put the documents into it.

        Raises:
            UnreadableDocumentError: there is no text in ``docs_path``, and the collection holds no documents.
        """
        IOStream.get_default().print("Trying to create collection.")
        get_or_create = self._get_or_create or self._has_begun_collection()
        if self._vector_db is None:
            self._client = create_vector_db_from_dir(
                self._docs_path or [],
                self._chunk_token_size,
                self._client,
                collection_name=self._collection_name,
                get_or_create=get_or_create,
                chunk_mode=self._chunk_mode,
                must_break_at_empty_line=self._must_break_at_empty_line,
                embedding_model=self._embedding_model,
                embedding_function=self._embedding_function,
                custom_text_split_function=self.custom_text_split_function,
                custom_text_types=self._custom_text_types,
                recursive=self._recursive,
                extra_docs=self._extra_docs,
            )
            if self._client.get_collection(self._collection_name).count() == 0:
                if not self._get_or_create:
                    self._client.delete_collection(self._collection_name)  # so that the program may try again
                raise self._no_text()
            return
        files = get_files_from_dir(self._docs_path or [], self._custom_text_types, self._recursive)
        chunks, sources = split_files_to_chunks(
            files,
            self._chunk_token_size,
            self._chunk_mode,
            self._must_break_at_empty_line,
            self.custom_text_split_function,
        )
        logger.info("Found %d chunks.", len(chunks))
        may_hold_documents = self._get_or_create and not self._overwrite
        if not chunks and not may_hold_documents:
            raise self._no_text()
        self._vector_db.create_collection(self._collection_name, self._overwrite, get_or_create)
        if not chunks:
            if not any(self._vector_db.retrieve_docs(["anything"], self._collection_name, 1)):
                raise self._no_text()
            logger.warning("No text was found in docs_path=%s; the collection stays as it is.", self._shown_docs_path())
        store(self._vector_db, self._collection_name, documents_of(chunks, sources), self._new_docs)

    def _has_begun_collection(self) -> bool:
        """Tell whether it is a run that was stopped, and goes on now, that has made the collection."""
        if not tape.current().replays:
            return False
        asked = {"agent": self.name, "name": self._collection_name}
        return not tape.lookup(None, "collection_exists", asked, self._has_collection, of_run=True)

    def _has_collection(self) -> bool:
        database: Any = self._client if self._vector_db is None else self._vector_db
        try:
            return database.get_collection(self._collection_name) is not None
        except Exception:  # what databases raise about a collection that does not exist
            return False

    def _no_text(self) -> UnreadableDocumentError:
        """The error for documents that hold nothing to retrieve."""
        return UnreadableDocumentError(
            f"No text was found in docs_path={self._shown_docs_path()}, and the collection {self._collection_name!r} "
            "holds no documents. Warnings in the log name what was passed over. Of folders and patterns, only files "
            "with an ending in custom_text_types are taken. For a collection that exists, set docs_path to None."
        )

    def _shown_docs_path(self) -> str:
        """The documents as the program named them, without the keys in urls."""
        given = self._docs_path
        if given is None or isinstance(given, str | PathLike):
            return repr(without_login(str(given)))
        return repr([without_login(str(one)) for one in given])

    def _is_termination_msg_retrievechat(self, message: Mapping[str, Any] | str | None) -> bool:
        """Tell whether a message is an answer: it holds no Python code, and does not ask for other documents."""
        content = message.get("content") if isinstance(message, Mapping) else message
        if content is None:
            return False
        text = content_str(content)
        has_code = any(language == "python" for language, _ in extract_code(text))
        return not (has_code or any(self._check_update_context(text)))

    @staticmethod
    def get_max_tokens(model: str = "gpt-3.5-turbo") -> int:
        """Say how many tokens the defaults of chunks and context are reckoned from.

        Args:
            model: the name of the model.
        """
        if "32k" in model:
            return 32000
        if "16k" in model:
            return 16000
        return 8000 if "gpt-4" in model else 4000

    def _reset(self, intermediate: bool = False) -> None:
        """Forget what was found; unless ``intermediate``, forget as well what was shown."""
        self._doc_idx = -1
        self._results = []
        if not intermediate:
            self._intermediate_answers = set()
            self._doc_contents = []
            self._doc_ids = []

    def _get_context(self, results: QueryResults | Mapping[str, Any]) -> str:
        """Take from the results the next documents that have not been shown and fit, up to ``n_results``.

        Args:
            results: what was found.

        Returns:
            Their texts, each with a line end.
        """
        show = IOStream.get_default().print
        context, tokens = "", 0
        self._current_docs_in_context = []
        for place, (doc, _) in enumerate(_of_only_query(results)):
            identity, content = doc.get("id"), doc.get("content") or ""
            if place <= self._doc_idx or identity in self._doc_ids:
                continue
            size = self.custom_token_count_function(content, self._model)
            if size > self._context_max_tokens:
                show(colored(f"Skip doc_id {identity} as it is too long to fit in the context.", "green"), flush=True)
                self._doc_idx = place
                continue
            if tokens + size > self._context_max_tokens:
                break
            show(colored(f"Adding content of doc {identity} to context.", "green"), flush=True)
            tokens += size
            context += f"{content}\n"
            self._doc_idx = place
            self._doc_ids.append(identity)
            self._doc_contents.append(content)
            self._current_docs_in_context.append((doc.get("metadata") or {}).get("source", ""))
            if len(self._current_docs_in_context) >= getattr(self, "n_results", sys.maxsize):
                break
        return context

    def _generate_message(self, doc_contents: str, task: str = "default") -> str:
        """Fill the prompt for a task; TERMINATE if there is nothing to show."""
        if not doc_contents:
            IOStream.get_default().print(colored("No more context, will terminate.", "green"), flush=True)
            return _TERMINATE
        if not self.customized_prompt:
            check_task(task)
        prompt = self.customized_prompt or PROMPTS[task.upper()]
        keep_foreign_pictures(doc_contents)
        return filled(prompt, getattr(self, "problem", ""), doc_contents, str(self._current_docs_in_context))

    def _check_update_context(self, message: Mapping[str, Any] | str | None) -> tuple[bool, bool]:
        """Tell whether a message asks for other documents, and whether it lacks the prefix of answers."""
        content = message.get("content") if isinstance(message, Mapping) else message
        text = content_str(content).upper() if isinstance(content, str | list) else ""
        prefix = self.customized_answer_prefix.upper()
        return _UPDATE_CONTEXT in text, bool(prefix) and prefix not in text

    def _generate_retrieve_user_reply(
        self,
        messages: list[dict[str, Any]] | str | None = None,
        sender: Agent | None = None,
        config: object = None,
    ) -> tuple[bool, str | dict[str, Any] | None]:
        """Reply with other documents, if the last message asks for them.

        Args:
            messages: the conversation, or the text of its last message.
            sender: who wrote it; its history with this agent, and this agent's, begin afresh.
            config: unused.
        """
        if messages is None and sender is not None:
            messages = self._oai_messages[sender]
        if not messages or not self.update_context:
            return False, None
        message = messages if isinstance(messages, str) else messages[-1]
        asks, lacks_prefix = self._check_update_context(message)
        if not (asks or lacks_prefix):
            return False, None
        IOStream.get_default().print(colored("Updating context and resetting conversation.", "green"), flush=True)
        said = content_str(message if isinstance(message, str) else message.get("content"))
        answer = said.strip()
        if answer.upper().endswith(_UPDATE_CONTEXT) and len(answer) > len(_UPDATE_CONTEXT):
            answer = answer[: -len(_UPDATE_CONTEXT)].strip()
        context = self._next_context() if asks else self._wider_context(said)
        self._intermediate_answers.add(answer)
        self.clear_history()
        if sender is not None:
            sender.clear_history()  # type: ignore[attr-defined]
        return True, self._generate_message(context, self._task)

    def _next_context(self) -> str:
        """The next documents that were found for the problem, or else more of them."""
        context = self._get_context(self._results)
        wanted = getattr(self, "n_results", 20)
        for factor in _WIDER:
            if context:
                break
            self._search_again(getattr(self, "problem", ""), wanted * factor)
            context = self._get_context(self._results)
            if len(_of_only_query(self._results)) < wanted * factor:
                break
        return context

    def _wider_context(self, answer: str) -> str:
        """All documents that were shown, and those that are near to an answer without the prefix."""
        wanted = getattr(self, "n_results", 20)
        for factor in (1, *_WIDER):
            self._search_again(answer, wanted * factor)
            if self._get_context(self._results) or len(_of_only_query(self._results)) < wanted * factor:
                break
        return "\n".join(self._doc_contents)

    def _search_again(self, query: str, n_results: int) -> None:
        """Search; what was found before stays if the database fails."""
        before = self._results, self._doc_idx
        self._reset(intermediate=True)
        try:
            self._find_docs(query, n_results, self._search_string)
        except Exception:
            self._results, self._doc_idx = before
            raise

    def _find_docs(self, problem: str, n_results: int, search_string: str) -> None:
        """Retrieve documents; a run that was stopped and goes on finds the same ones again, whatever is stored now."""

        def look() -> QueryResults:
            self.retrieve_docs(problem, n_results, search_string)
            return self._results

        asked = {"problem": problem, "n_results": n_results, "search_string": search_string}
        self._results = tape.lookup(self, "documents", asked, look)
        self._search_string = search_string

    def retrieve_docs(self, problem: str, n_results: int = 20, search_string: str = "") -> None:
        """Find the documents that are nearest to a question; a subclass may find them elsewhere.

        It leaves in ``_results`` what `VectorDB.retrieve_docs` returns.

        Args:
            problem: the question.
            n_results: how many documents.
            search_string: find only documents that contain this text.

        Raises:
            RetrievalError: the documents cannot be read, embedded, stored or searched.
        """
        if not self._collection or not (self._get_or_create or self._docs_path is None):
            self._init_db()
            self._collection = True
            self._get_or_create = True
        self._search_string = search_string
        if self._vector_db is None:
            answer = query_vector_db(
                problem,
                n_results,
                self._client,
                collection_name=self._collection_name,
                search_string=search_string,
                embedding_model=self._embedding_model,
                embedding_function=self._embedding_function,
            )
            self._results = filter_results_by_distance(query_results_of(answer), self._distance_threshold)
        else:
            self._results = search(
                self._vector_db, self._collection_name, problem, n_results, self._distance_threshold, search_string
            )
        label = "doc_ids: " if self._vector_db is None else "VectorDB returns doc_ids: "
        IOStream.get_default().print(label, [[doc["id"] for doc, _ in found] for found in self._results])

    @staticmethod
    def message_generator(sender: RetrieveUserProxyAgent, recipient: Agent | None, context: Mapping[str, Any]) -> str:
        """Build the first message of a chat: hand it to ``initiate_chat`` as ``message``.

        Args:
            sender: the agent.
            recipient: who is asked.
            context: ``problem``, the question; ``n_results``, how many documents at most (20); ``search_string``, a
                text that they must contain.

        Returns:
            The prompt with the documents; TERMINATE if there are none.
        """
        problem = context.get("problem", "")
        n_results = context.get("n_results", 20)
        search_string = context.get("search_string", "")
        check_question(problem, n_results, search_string)
        sender._reset()
        sender._find_docs(problem, n_results, search_string)
        sender.problem = problem
        sender.n_results = n_results
        return sender._generate_message(sender._get_context(sender._results), sender._task)

    def run_code(self, code: str, **kwargs: Any) -> tuple[int, str, str | None]:
        """Run code; in a notebook, Python runs in it, and nothing is installed anywhere.

        A notebook is no sandbox: the code can change what the program has. With ``use_docker`` in the
        code_execution_config, or in the environment as AUTOGEN_USE_DOCKER, Python runs in Docker instead; with an
        ``executor``, in that.

        Args:
            code: the code.
            **kwargs: ``lang``, and what `ConversableAgent.run_code` takes.

        Returns:
            The exit code, the output, and None or the image of a container.
        """
        language = kwargs.get("lang")
        if code.startswith(("!", "pip ")) or language in _SHELLS:
            return 0, _NOTHING_IS_INSTALLED, None
        if self._ipython is None or language != "python":
            return super().run_code(code, **kwargs)
        warn_once(
            logger,
            f"{self.name} runs the model's Python within this notebook, where it can change what the program has. "
            "Set use_docker or an executor in the code_execution_config to run it elsewhere.",
        )
        result = self._ipython.run_cell(code)
        log = str(result.result)
        for error in (result.error_before_exec, result.error_in_exec):
            log += f"\n{error}" if error else ""
        return (0 if result.success else 1), log, None


def _of_only_query(results: QueryResults | Mapping[str, Any]) -> list[tuple[Document, float]]:
    """What was found for the first query; an override of `retrieve_docs` may leave an answer of Chroma."""
    found = query_results_of(results)
    return found[0] if found else []


def _running_ipython() -> _Shell | None:
    """The IPython that this program runs in, or None."""
    package = sys.modules.get("IPython")
    shell: _Shell | None = package.get_ipython() if package is not None else None
    return shell
