"""Every error that this library defines, in one tree.

```text
    AutogenClassicError
     |
     |  Agents and groups
     +-- AgentNameConflict
     +-- InvalidCarryOverType
     +-- MissingItemError (KeyError)
     +-- NoEligibleSpeaker
     +-- SenderRequired
     +-- UndefinedNextAgent
     +-- RemoteAgentError
     |   +-- RemoteAgentNotFoundError
     |   +-- A2aClientError
     |   +-- A2aAgentNotFoundError
     |   +-- NlipClientError
     |   +-- NlipAgentNotFoundError
     |   +-- NlipConnectionError
     |   +-- NlipTimeoutError
     +-- TransitionGraphError (ValueError)
     +-- ResumeError (ValueError)
     +-- TeamFileError (ValueError)
     +-- UnusableProposalError (ValueError)
     |
     |  Configurations of models
     +-- LLMConfigError (ValueError)
     +-- UnknownProviderError (ImportError, ValueError)
     +-- MissingKeyError (AssertionError, ValueError)
     +-- MissingModelError (AssertionError, ValueError)
     +-- UnusableKeyError (ValueError)
     +-- MissingRegionError (ValueError)
     +-- ConflictingCredentialsError (AssertionError, ValueError)
     +-- PriceFileError (ValueError)
     |
     |  Requests to models
     +-- ModelRequestForbiddenError (RuntimeError)
     +-- ModelToolNotSupportedError (ValueError)
     +-- UnusableAnswerError (AttributeError)
     +-- NoAnswerError (RuntimeError)
     +-- StructuredOutputError (ValueError)
     +-- UnusableImageError (ValueError)
     +-- RealtimeConnectionError (ConnectionError)
     +-- BrokenStreamError (ConnectionError)
     |   +-- StreamTimeoutError (TimeoutError)
     +-- CohereError
     |   +-- CohereRateLimitError (cohere.TooManyRequestsError)
     +-- LocalModelError (RuntimeError)
     |   +-- LocalModelMissingError (ImportError)
     |   +-- LocalModelTimeoutError (TimeoutError)
     +-- RetiredInterfaceError (AssertionError)
     |
     |  Tools
     +-- McpCallError (RuntimeError)
     +-- ReliableToolError
     +-- ToolServiceError (RuntimeError)
     |
     |  Running code
     +-- FileNameError (ValueError)
     +-- SandboxUnavailableError (RuntimeError)
     +-- LimitsUnavailableError (RuntimeError)
     +-- DockerUnavailableError (docker.errors.DockerException, RuntimeError)
     +-- ImageUnavailableError (docker.errors.ImageNotFound, RuntimeError)
     +-- ContainerStoppedError (docker.errors.APIError)
     +-- WorkDirNotSharedError (ValueError)
     +-- JupyterServerError (RuntimeError)
     +-- KernelLostError (RuntimeError)
     +-- PodError (ValueError)
     +-- SessionPoolError (RuntimeError)
     |   +-- SessionPoolTimeoutError
     |
     |  Retrieval
     +-- RetrievalError (RuntimeError)
     |   +-- EmbeddingError (ValueError)
     |   +-- EmbeddingSizeError (ValueError)
     |   +-- EmbeddingUnavailableError (ImportError)
     |   +-- UnreadableDocumentError (ValueError)
     |   +-- VectorStoreError (ValueError)
     |
     |  Caches, recordings, states and tests
     +-- CacheUnusableError
     +-- OldCacheError
     +-- NotJSONError (TypeError)
     +-- CassetteError
     |   +-- NotebookDepartureError
     |   +-- ReplayMismatchError
     |   +-- UnusedTurnsError
     +-- JournalError
     |   +-- InterruptedStepError
     +-- RecordedModelError
     +-- RecordedToolError
     +-- StateError (ValueError)
     +-- ScriptExhaustedError (AssertionError)
     +-- RepliesFileError (ValueError)
     |
     |  Addresses and documents that a model or a page chose
     +-- FetchError (requests.RequestException)
     |   +-- AddressRefusedError
     |   +-- ContentRefusedError
     |   +-- FetchTimeoutError (requests.Timeout, TimeoutError)
     |   +-- HostNotFoundError (requests.ConnectionError)
     +-- FileConversionException
     +-- UnsafeURLError (ValueError)
     +-- UnsupportedFormatException
     |
     |  The command line and the name autogen
     +-- AliasRefusedError (ImportError)
     +-- NotebookError
     +-- UnreadableLogError (ValueError)
     +-- InstallError (RuntimeError)
     +-- DemoError (RuntimeError)
     +-- ClassroomError (ValueError)
     +-- ProjectError (ValueError)
     +-- ServingError (ValueError)
```

The classes in brackets are further base classes: those that old programs catch, and those of the package
that the error comes from. Errors that are also classes of Docker's, Cohere's or requests' package are defined next to
the code that imports that package, and are loaded from here on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from ._core.lazy import load

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletion

    from ._code.docker.engine import DockerUnavailableError, ImageUnavailableError
    from ._web.errors import (
        AddressRefusedError,
        ContentRefusedError,
        FetchError,
        FetchTimeoutError,
        HostNotFoundError,
    )
    from .coding.docker_commandline_code_executor import ContainerStoppedError
    from .oai.cohere import CohereRateLimitError

__all__ = (
    "A2aAgentNotFoundError",
    "A2aClientError",
    "AddressRefusedError",
    "AgentNameConflict",
    "AliasRefusedError",
    "AutogenClassicError",
    "BrokenStreamError",
    "CacheUnusableError",
    "CassetteError",
    "ClassroomError",
    "CohereError",
    "CohereRateLimitError",
    "ConflictingCredentialsError",
    "ContainerStoppedError",
    "ContentRefusedError",
    "DemoError",
    "DockerUnavailableError",
    "EmbeddingError",
    "EmbeddingSizeError",
    "EmbeddingUnavailableError",
    "FetchError",
    "FetchTimeoutError",
    "FileConversionException",
    "FileNameError",
    "HostNotFoundError",
    "ImageUnavailableError",
    "InstallError",
    "InterruptedStepError",
    "InvalidCarryOverType",
    "JournalError",
    "JupyterServerError",
    "KernelLostError",
    "LLMConfigError",
    "LimitsUnavailableError",
    "LocalModelError",
    "LocalModelMissingError",
    "LocalModelTimeoutError",
    "McpCallError",
    "MissingItemError",
    "MissingKeyError",
    "MissingModelError",
    "MissingRegionError",
    "ModelRequestForbiddenError",
    "ModelToolNotSupportedError",
    "NlipAgentNotFoundError",
    "NlipClientError",
    "NlipConnectionError",
    "NlipTimeoutError",
    "NoAnswerError",
    "NoEligibleSpeaker",
    "NotJSONError",
    "NotebookDepartureError",
    "NotebookError",
    "OldCacheError",
    "PodError",
    "PriceFileError",
    "ProjectError",
    "RealtimeConnectionError",
    "RecordedModelError",
    "RecordedToolError",
    "ReliableToolError",
    "RemoteAgentError",
    "RemoteAgentNotFoundError",
    "ReplayMismatchError",
    "RepliesFileError",
    "ResumeError",
    "RetiredInterfaceError",
    "RetrievalError",
    "SandboxUnavailableError",
    "ScriptExhaustedError",
    "SenderRequired",
    "ServingError",
    "SessionPoolError",
    "SessionPoolTimeoutError",
    "StateError",
    "StreamTimeoutError",
    "StructuredOutputError",
    "TeamFileError",
    "ToolServiceError",
    "TransitionGraphError",
    "UndefinedNextAgent",
    "UnknownProviderError",
    "UnreadableDocumentError",
    "UnreadableLogError",
    "UnsafeURLError",
    "UnsupportedFormatException",
    "UnusableAnswerError",
    "UnusableImageError",
    "UnusableKeyError",
    "UnusableProposalError",
    "UnusedTurnsError",
    "VectorStoreError",
    "WorkDirNotSharedError",
)

ErrorT = TypeVar("ErrorT", bound=BaseException)

_HOMES = {
    "AddressRefusedError": "autogen_classic._web.errors",
    "CohereRateLimitError": "autogen_classic.oai.cohere",
    "ContainerStoppedError": "autogen_classic.coding.docker_commandline_code_executor",
    "ContentRefusedError": "autogen_classic._web.errors",
    "DockerUnavailableError": "autogen_classic._code.docker.engine",
    "FetchError": "autogen_classic._web.errors",
    "FetchTimeoutError": "autogen_classic._web.errors",
    "HostNotFoundError": "autogen_classic._web.errors",
    "ImageUnavailableError": "autogen_classic._code.docker.engine",
}


def __getattr__(name: str) -> object:
    return load(__name__, name, _HOMES)


class AutogenClassicError(Exception):
    """The root of every error that this library defines; catch it to catch them all.

    Attributes:
        help_url: the page that says what the error means and what to do, below the address of the documentation. The
            command ``autogen-classic explain`` with the name of the error shows the same.
    """

    help_url: ClassVar[str] = "errors/AutogenClassicError.html"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__name__ in __all__:  # a subclass of a program has the page of its parent
            cls.help_url = f"errors/{cls.__name__}.html"


class _ErrorWithMessage(AutogenClassicError):
    """An error that keeps its text as ``message``.

    Args:
        message: what went wrong.

    Attributes:
        message: the same text.
    """

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def with_note(error: ErrorT, note: str) -> ErrorT:
    """Add advice to an error whose text programs compare whole; a traceback prints it below, from Python 3.11 on.

    Args:
        error: the error, before it is raised.
        note: what helps.

    Returns:
        The same error.
    """
    if hasattr(error, "add_note"):
        error.add_note(note)
    return error


# --- Agents and groups ----------------------------------------------------------------------------------------------


class AgentNameConflict(AutogenClassicError):
    """Two agents have the same name, and the library must tell them apart.

    Args:
        msg: what went wrong.
        *args: further details; they end up in ``args``.
        **kwargs: accepted and ignored, as in AutoGen v0.2.
    """

    def __init__(self, msg: str = "Found multiple agents with the same name.", *args: object, **kwargs: object) -> None:
        super().__init__(msg, *args)


class InvalidCarryOverType(_ErrorWithMessage):
    """The ``carryover`` of a chat is neither a text nor a list of texts.

    Args:
        message: what went wrong.
    """

    def __init__(
        self,
        message: str = "Carryover should be a string or a list of strings. Not adding carryover to the message.",
    ) -> None:
        super().__init__(message)


class MissingItemError(AutogenClassicError, KeyError):
    """Something is looked up by a name that does not exist. Unlike that of a KeyError, its text is shown as it is."""

    __str__ = Exception.__str__


class NoEligibleSpeaker(_ErrorWithMessage):
    """A group chat has no agent that may speak next; the chat ends.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "No eligible speakers.") -> None:
        super().__init__(message)


class SenderRequired(_ErrorWithMessage):
    """A chat of a queue does not say which agent sends.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "Sender is required but not provided.") -> None:
        super().__init__(message)


class UndefinedNextAgent(_ErrorWithMessage):
    """The agents that may speak next do not belong to the group.

    Args:
        message: what went wrong.
    """

    def __init__(self, message: str = "The provided agents list does not overlap with agents in the group.") -> None:
        super().__init__(message)


class RemoteAgentError(AutogenClassicError):
    """An agent elsewhere cannot be asked, or has answered with an error."""


class RemoteAgentNotFoundError(RemoteAgentError):
    """There is no agent where one was looked for."""

    def __init__(self, agent_name: str) -> None:
        """Say which agent it is.

        Args:
            agent_name: its name, or its name and address.
        """
        super().__init__(f"Remote agent `{agent_name}` not found")
        self.agent_name = agent_name


class A2aClientError(RemoteAgentError):
    """An agent behind A2A cannot be asked, or has failed."""


class A2aAgentNotFoundError(A2aClientError, RemoteAgentNotFoundError):
    """Nobody is there who could answer by A2A."""


class NlipClientError(RemoteAgentError):
    """An agent behind NLIP cannot be asked, or has failed."""


class NlipAgentNotFoundError(NlipClientError, RemoteAgentNotFoundError):
    """No agent is there who could answer by NLIP."""


class NlipConnectionError(NlipClientError):
    """Nothing can be reached where an agent should be behind NLIP."""


class NlipTimeoutError(NlipClientError):
    """An agent behind NLIP takes too long."""


class TransitionGraphError(AutogenClassicError, ValueError):
    """A graph of speaker transitions cannot be used."""


class ResumeError(AutogenClassicError, ValueError):
    """A group cannot go on from what it was given; the text says what is wrong with the messages."""


class TeamFileError(AutogenClassicError, ValueError):
    """The description of a team or of a library of agents, saved in a file, cannot be used; the text says why."""


class UnusableProposalError(AutogenClassicError, ValueError):
    """What a model proposed (a function, criteria, a team) cannot be used; the text says why, and how it begins."""


# --- Configurations of models ---------------------------------------------------------------------------------------


class LLMConfigError(AutogenClassicError, ValueError):
    """A configuration of a model cannot be used."""


class UnknownProviderError(AutogenClassicError, ImportError, ValueError):
    """A configuration names an ``api_type`` that is not known."""


class MissingKeyError(AutogenClassicError, AssertionError, ValueError):
    """Neither the configuration nor the environment has a key."""


class UnusableKeyError(AutogenClassicError, ValueError):
    """A key holds what no header of a request can carry, such as a line end; the next configuration is tried."""


class MissingModelError(AutogenClassicError, AssertionError, ValueError):
    """A request does not name a model."""


class MissingRegionError(AutogenClassicError, ValueError):
    """Neither the configuration for Bedrock nor the environment names a region."""


class ConflictingCredentialsError(AutogenClassicError, AssertionError, ValueError):
    """A configuration has a key for the Gemini API, and settings for Vertex AI as well."""


class PriceFileError(AutogenClassicError, ValueError):
    """A file of prices cannot be read."""


# --- Requests to models ---------------------------------------------------------------------------------------------


class ModelRequestForbiddenError(AutogenClassicError, RuntimeError):
    """A request was about to reach a real model while that was forbidden."""


class ModelToolNotSupportedError(_ErrorWithMessage, ValueError):
    """A request offers tools to a model that is known not to take any.

    Args:
        model: the name of the model.
    """

    def __init__(self, model: str) -> None:
        super().__init__(
            f"Tools are not supported with {model} models. "
            "Refer to the documentation at https://platform.openai.com/docs/guides/reasoning#limitations"
        )
        self.args = (model,)

    def __str__(self) -> str:
        return self.message


class UnusableAnswerError(AutogenClassicError, AttributeError):
    """An endpoint answered with something that is not a completion, or with an error in mid-answer.

    Attributes:
        paid_for: half an answer, whose tokens count all the same; None where nothing was said.
    """

    def __init__(self, message: str, paid_for: object = None) -> None:
        super().__init__(message)
        self.paid_for = paid_for


class NoAnswerError(AutogenClassicError, RuntimeError):
    """A model has refused to answer, and said nothing.

    Attributes:
        paid_for: what came in the place of an answer, with its cost; None where nothing was counted.
    """

    paid_for: ChatCompletion | None = None


class StructuredOutputError(AutogenClassicError, ValueError):
    """A model did not answer in the form that ``response_format`` asks for, even when asked again.

    Attributes:
        paid_for: the last answer; its usage counts both requests.
    """

    def __init__(self, message: str, paid_for: object = None) -> None:
        super().__init__(message)
        self.paid_for = paid_for


class UnusableImageError(AutogenClassicError, ValueError):
    """A picture in a message cannot be read or fetched."""


class RealtimeConnectionError(AutogenClassicError, ConnectionError):
    """The server of a model that hears and speaks cannot be reached, refuses the connection, or breaks it off."""


class BrokenStreamError(AutogenClassicError, ConnectionError):
    """A streamed answer broke off before its end."""


class StreamTimeoutError(BrokenStreamError, TimeoutError):
    """A streamed answer paused for longer than ``timeout``."""


class CohereError(AutogenClassicError):
    """Cohere began an answer and could not finish it."""


class LocalModelError(AutogenClassicError, RuntimeError):
    """The local model cannot be loaded, or cannot answer.

    Attributes:
        code: ``"context_length_exceeded"`` for a conversation that is too long, else None.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class LocalModelMissingError(LocalModelError, ImportError):
    """The package or the weights of the local model are not installed."""


class LocalModelTimeoutError(LocalModelError, TimeoutError):
    """The local model did not answer in time."""


class RetiredInterfaceError(AutogenClassicError, AssertionError):
    """A program asks for something that openai 1.0 removed."""


# --- Tools -----------------------------------------------------------------------------------------------------------


class McpCallError(AutogenClassicError, RuntimeError):
    """An MCP server refuses a call, or cannot be reached any more."""


class ReliableToolError(AutogenClassicError):
    """A reliable tool has not come to a result that its validator accepts."""

    def __init__(self, message: str, final_context: object = None) -> None:
        """Keep what was tried.

        Args:
            message: what went wrong.
            final_context: all attempts, a `ReliableToolContext`.
        """
        super().__init__(message)
        self.final_context = final_context


class ToolServiceError(AutogenClassicError, RuntimeError):
    """A service that a tool asks, such as a search engine, has failed or refused; a model is told why."""


# --- Running code ---------------------------------------------------------------------------------------------------


class FileNameError(AutogenClassicError, ValueError):
    """A code block names a file that cannot be written in the working directory."""


class SandboxUnavailableError(AutogenClassicError, RuntimeError):
    """The requested sandbox is not available on this machine."""


class LimitsUnavailableError(AutogenClassicError, RuntimeError):
    """The requested limits cannot be enforced on this machine."""


class WorkDirNotSharedError(AutogenClassicError, ValueError):
    """The engine does not see the working directory; it runs on another machine, or this program in a container."""


class JupyterServerError(AutogenClassicError, RuntimeError):
    """A Jupyter server did not start."""


class KernelLostError(AutogenClassicError, RuntimeError):
    """A kernel ended before it could be used."""


class PodError(AutogenClassicError, ValueError):
    """The cluster, or one of its pods, cannot run the code; the text says why."""


class SessionPoolError(AutogenClassicError, RuntimeError):
    """A session pool refuses a request or cannot be reached.

    Args:
        message: says why, and what to do.
        status: the HTTP status of the answer; None if there was no answer.

    Attributes:
        status: the same status.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class SessionPoolTimeoutError(SessionPoolError):
    """The pool took longer than the code is allowed to run."""


# --- Retrieval ------------------------------------------------------------------------------------------------------


class RetrievalError(AutogenClassicError, RuntimeError):
    """Documents cannot be read, embedded, stored or searched."""


class EmbeddingError(RetrievalError, ValueError):
    """An embedding function is missing or gives something that is not a vector for each text."""


class EmbeddingSizeError(RetrievalError, ValueError):
    """A collection holds vectors of another size, so those of this embedding cannot be added or compared."""


class EmbeddingUnavailableError(RetrievalError, ImportError):
    """The package or the weights of an embedding are not installed."""


class UnreadableDocumentError(RetrievalError, ValueError):
    """A document cannot be read, or holds no text."""


class VectorStoreError(RetrievalError, ValueError):
    """A vector database refuses a request or cannot be reached; the text says why."""


# --- Caches, recordings, states and tests ---------------------------------------------------------------------------


class CacheUnusableError(AutogenClassicError):
    """A cache on disk cannot be read or written; the text says why.

    Args:
        text: what is wrong.
        damaged: whether the file itself is no longer a cache, so that it can only be deleted.
        locked: whether another process holds the file.
    """

    def __init__(self, text: str, damaged: bool = False, locked: bool = False) -> None:
        self.damaged = damaged
        self.locked = locked
        super().__init__(text)


class OldCacheError(AutogenClassicError):
    """A directory holds no cache of AutoGen 0.2, or one that cannot be read."""


class NotJSONError(AutogenClassicError, TypeError):
    """A value cannot be kept, because JSON has no form for it."""


class CassetteError(AutogenClassicError):
    """A recording cannot be read, written or used."""


class NotebookDepartureError(CassetteError):
    """A notebook that is replayed asks for something that its saved outputs do not show."""


class ReplayMismatchError(CassetteError):
    """The program asks for something that the recording does not have."""


class UnusedTurnsError(CassetteError):
    """The program has ended without asking for everything that the recording has."""


class JournalError(AutogenClassicError):
    """A journal cannot be read, written or used; the text says why, and what is safe."""


class InterruptedStepError(JournalError):
    """A tool, or code, was running when the program was stopped, so that nobody knows how far it came.

    Args:
        text: what is wrong.
        name: the name of the tool; ``"code"`` for code.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        super().__init__(text)


class RecordedModelError(AutogenClassicError):
    """A model failed while the run was recorded, with an error whose class cannot be found here."""


class RecordedToolError(AutogenClassicError):
    """A tool, or code, failed while the run was recorded."""


class StateError(AutogenClassicError, ValueError):
    """The state of agents cannot be saved or loaded; the text says what does not fit."""


class ScriptExhaustedError(AutogenClassicError, AssertionError):
    """A test double was asked more often than its script provides for."""


class RepliesFileError(AutogenClassicError, ValueError):
    """A file of scripted replies is missing or cannot be understood."""


# --- Addresses and documents that a model or a page chose ------------------------------------------------------------


class FileConversionException(AutogenClassicError):
    """A document is damaged, so that it cannot be converted to Markdown."""


class UnsafeURLError(AutogenClassicError, ValueError):
    """An address is not one of the public web."""


class UnsupportedFormatException(AutogenClassicError):
    """A document is of a kind that cannot be converted to Markdown."""


# --- The command line and the name autogen --------------------------------------------------------------------------


class AliasRefusedError(AutogenClassicError, ImportError):
    """The name ``autogen`` belongs to something else, which is installed or already imported."""


class NotebookError(AutogenClassicError):
    """A notebook cannot be read, or a cell needs something that is not installed."""


class UnreadableLogError(AutogenClassicError, ValueError):
    """A file is not a log that the command line can read."""


class InstallError(AutogenClassicError, RuntimeError):
    """The local model could not be installed."""


class DemoError(AutogenClassicError, RuntimeError):
    """The demonstration cannot be played."""


class ClassroomError(AutogenClassicError, ValueError):
    """What was asked of ``autogen-classic classroom`` cannot be done; the text says why."""


class ProjectError(AutogenClassicError, ValueError):
    """A project of that name cannot be made; the text says why."""


class ServingError(AutogenClassicError, ValueError):
    """Agents cannot be served to others as the program says; the text says why."""
