"""Documents in memory, which a model reads whole to answer a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ValidationError

from ...._argument_checks import arguments_checked
from ...._core.content import content_str
from ...._core.foreign_texts import ABOUT_QUOTED, quoted
from ...._json.text import object_within
from ....agentchat.contrib._retrieval.parse import Folder, Places, documents_in
from ....agentchat.contrib._settings import check_kind
from ....agentchat.conversable_agent import ConversableAgent
from ....token_count_utils import get_max_token_limit, truncate_text

if TYPE_CHECKING:
    from ....oai.client import OpenAIWrapper

__all__ = (
    "COULD_NOT_ANSWER_REPLY",
    "EMPTY_RESPONSE_REPLY",
    "ERROR_RESPONSE_REPLY",
    "QUERY_NO_INGESTIONS_REPLY",
    "DocumentStore",
    "InMemoryQueryEngine",
    "QueryAnswer",
)

EMPTY_RESPONSE_REPLY = "Sorry, I have found nothing about this. Ingest the documents that say it, and ask again."
ERROR_RESPONSE_REPLY = "Sorry, there was an error processing your query: "
COULD_NOT_ANSWER_REPLY = "Sorry, the documents that have been ingested do not answer this."
QUERY_NO_INGESTIONS_REPLY = "Sorry, please ingest some documents/URLs before querying."

_PROMPT = f"""\
You answer questions from the documents that you are shown, and from nothing else. Set could_answer to true and give \
the answer if they hold it; otherwise set could_answer to false and leave the answer empty.

{ABOUT_QUOTED}"""
_QUESTION = "Answer this question from the documents that you were given, and from them alone: {question}"

_FALLBACK_TOKENS = 128_000
_TOKENS_FOR_QUESTION_AND_ANSWER = 4_000
_LETTERS_PER_TOKEN = 8  # more than any text has; cuts a very long text before its tokens are counted


class DocumentStore(BaseModel):
    """A document that was taken in.

    Attributes:
        ingestation_name: where it comes from.
        content: its text.
    """

    ingestation_name: str
    content: str


class QueryAnswer(BaseModel):
    """What the model answers.

    Attributes:
        could_answer: whether the documents hold the answer.
        answer: the answer.
    """

    could_answer: bool
    answer: str


class InMemoryQueryEngine:
    """Keeps documents in memory, and has a model read all of them for each question; a `RAGQueryEngine`.

    Documents that are longer together than the model takes are shown by their beginnings.

    Args:
        llm_config: the model that answers; it must know structured output.

    Raises:
        ValueError: there is no model.
        TypeError: ``llm_config`` is not a dict.
    """

    def __init__(self, llm_config: Mapping[str, Any]) -> None:
        if not llm_config:
            raise ValueError("InMemoryQueryEngine needs an llm_config: the model reads the documents.")
        check_kind("llm_config", llm_config, 'a dict such as {"model": "gpt-4o"}', Mapping)
        config = {key: value for key, value in llm_config.items() if key not in ("tools", "functions")}
        self._asker = self._agent("inmemory_query_agent", {**config, "response_format": QueryAnswer})
        self._documents: list[DocumentStore] = []

    @staticmethod
    def _agent(name: str, llm_config: dict[str, Any] | Literal[False], **settings: Any) -> ConversableAgent:
        return ConversableAgent(name, llm_config=llm_config, human_input_mode="NEVER", **settings)

    @property
    def client(self) -> OpenAIWrapper:
        """Who asks the model and spends on it."""
        client: OpenAIWrapper = self._asker.client
        return client

    def init_db(
        self, new_doc_dir: Folder = None, new_doc_paths_or_urls: Places = None, *args: Any, **kwargs: Any
    ) -> bool:
        """Not needed: there is nothing to prepare.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("InMemoryQueryEngine has no init_db, and needs none: call add_docs right away.")

    def connect_db(self, *args: Any, **kwargs: Any) -> bool:
        """Not needed: there is nothing to connect to.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("InMemoryQueryEngine has no connect_db, and needs none: call add_docs right away.")

    @arguments_checked
    def add_docs(
        self,
        new_doc_dir: Folder = None,
        new_doc_paths_or_urls: Places = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Take documents in.

        Args:
            new_doc_dir: a folder whose files are added.
            new_doc_paths_or_urls: files and addresses that are added.
            *args: not used.
            **kwargs: not used.

        Raises:
            ValueError: neither of them is given, or a file or the folder does not exist.
            UnreadableDocumentError: a document cannot be read.
        """
        if new_doc_dir is None and not new_doc_paths_or_urls:
            raise ValueError("No input directory or docs provided! Give new_doc_dir or new_doc_paths_or_urls.")
        try:
            found = documents_in(new_doc_dir, new_doc_paths_or_urls)
        except FileNotFoundError as error:
            raise ValueError(str(error)) from error
        self._documents += [DocumentStore(ingestation_name=source, content=text) for text, source in found]

    @arguments_checked
    def query(self, question: str, *args: Any, **kwargs: Any) -> str:
        """Answer a question from all documents.

        Args:
            question: the question.
            *args: not used.
            **kwargs: not used.

        Returns:
            The answer, or a sentence that says why there is none.
        """
        if not self._documents:
            return QUERY_NO_INGESTIONS_REPLY
        asker = self._agent("inmemory_query_agent", False, system_message=_PROMPT)
        asker.client = self.client  # each question has agents of its own, so that several can be asked at once
        user = self._agent("user", False)
        user.send(self._shown_documents(), asker, request_reply=False, silent=True)
        message = _QUESTION.format(question=question)
        result = user.initiate_chat(asker, message=message, clear_history=False, max_turns=1)
        said = content_str(result.chat_history[-1].get("content"))
        try:
            answer = QueryAnswer.model_validate_json(object_within(said))
        except ValidationError as error:
            return f"{ERROR_RESPONSE_REPLY}the model does not answer in the form that it was asked for: {error}"
        if not answer.could_answer:
            return COULD_NOT_ANSWER_REPLY
        return answer.answer or EMPTY_RESPONSE_REPLY

    def _shown_documents(self) -> str:
        """The documents for the model, each cut to its share of what the model takes."""
        models = [str(entry.get("model", "")) for entry in self.client._config_list]
        share = min(map(_room_for_documents, models)) // len(self._documents)
        return "\n\n".join(_shown(document, share, models[0]) for document in self._documents)


def _room_for_documents(model: str) -> int:
    """How many tokens of documents a model takes, beside the question and the answer."""
    try:
        return get_max_token_limit(model) - _TOKENS_FOR_QUESTION_AND_ANSWER
    except KeyError:
        return _FALLBACK_TOKENS - _TOKENS_FOR_QUESTION_AND_ANSWER


def _shown(document: DocumentStore, tokens: int, model: str) -> str:
    """A document for the model, cut to a number of tokens."""
    text = truncate_text(document.content[: tokens * _LETTERS_PER_TOKEN], tokens, model)
    return quoted(text, document.ingestation_name, is_cut=len(text) < len(document.content))
