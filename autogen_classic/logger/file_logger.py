"""A logger that appends to a text file."""

from __future__ import annotations

import logging
import os
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ._rows import Veil, agent_fields, answer_as_json, as_json, path_in, source_name, wrapper_id_of
from ._rows import as_json as safe_serialize
from ._store import TextFile
from .base_logger import BaseLogger
from .logger_utils import get_current_ts

if TYPE_CHECKING:
    from .._core.party import Agent

__all__ = ("FileLogger", "safe_serialize")

logger = logging.getLogger("autogen.logger.file_logger")
F = TypeVar("F", bound=Callable[..., Any])

DIRECTORY = "autogen_logs"
DEFAULT_FILE = "runtime.log"


class FileLogger(BaseLogger):
    """Writes what agents do to a text file: one JSON object on each line, after a line that names the session.

    Several threads and processes may write to one file. While the disk is full, lines wait in memory; a file that was
    deleted is made anew.

    Args:
        config: ``filename``, the file; without it, ``runtime.log``. A name without an absolute path stands for a file
            in the directory ``autogen_logs`` of the working directory, which is made if it is missing.

    Attributes:
        session_id: the id of this session.
        log_dir: the directory ``autogen_logs``.
        log_file: the file.

    Raises:
        TypeError: the config is not a dict, or ``filename`` not a path.
        OSError: the file cannot be written.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config
        name = path_in(config, "filename", DEFAULT_FILE, type(self).__name__)
        self.session_id = str(uuid.uuid4())
        self.log_dir = os.path.join(os.getcwd(), DIRECTORY)
        self.log_file = os.path.join(self.log_dir, name)
        self._veil = Veil()
        os.makedirs(self.log_dir, exist_ok=True)
        self._file = TextFile(self.log_file, logger)
        try:
            self._file.open()
        except OSError as error:
            raise type(error)(
                error.errno,
                f"The log file cannot be written ({error.strerror}). Name a file in a directory that exists",
                self.log_file,
            ) from error

    def start(self) -> str:
        """Write the line that begins the session.

        Returns:
            The id of the session.
        """
        self._append(f"Started new session with Session ID: {self.session_id}")
        return self.session_id

    def log_chat_completion(
        self,
        invocation_id: uuid.UUID,
        client_id: int,
        wrapper_id: int,
        source: str | Agent,
        request: dict[str, Any],
        response: object,
        is_cached: int,
        cost: float,
        start_time: str,
    ) -> None:
        """See `BaseLogger.log_chat_completion`."""
        self._write(
            invocation_id=str(invocation_id),
            client_id=client_id,
            wrapper_id=wrapper_id,
            request=request,
            response=str(response),
            **({} if isinstance(response, str) else {"json_response": answer_as_json(response)}),
            is_cached=is_cached,
            cost=cost,
            start_time=start_time,
            end_time=get_current_ts(),
            thread_id=threading.get_ident(),
            source_name=source_name(source),
        )

    def log_new_agent(self, agent: Agent, init_args: dict[str, Any] = {}) -> None:  # noqa: B006 - as in v0.2
        """See `BaseLogger.log_new_agent`."""
        self._write(
            id=id(agent),
            agent_name=source_name(agent),
            wrapper_id=wrapper_id_of(agent),
            session_id=self.session_id,
            current_time=get_current_ts(),
            agent_type=type(agent).__name__,
            args=self._veil.settings(init_args),
            thread_id=threading.get_ident(),
        )

    def log_event(self, source: str | Agent, name: str, **kwargs: Any) -> None:
        """See `BaseLogger.log_event`."""
        self._write(
            source_id=id(source),
            source_name=source_name(source),
            event_name=name,
            **_class_of(source),
            json_state=as_json(kwargs),
            timestamp=get_current_ts(),
            thread_id=threading.get_ident(),
        )

    def log_new_wrapper(self, wrapper: object, init_args: dict[str, Any] = {}) -> None:  # noqa: B006 - as in v0.2
        """See `BaseLogger.log_new_wrapper`."""
        self._write(
            wrapper_id=id(wrapper),
            session_id=self.session_id,
            json_state=as_json(self._veil.settings(init_args)),
            timestamp=get_current_ts(),
            thread_id=threading.get_ident(),
        )

    def log_new_client(self, client: object, wrapper: object, init_args: dict[str, Any]) -> None:
        """See `BaseLogger.log_new_client`."""
        self._write(
            client_id=id(client),
            wrapper_id=id(wrapper),
            session_id=self.session_id,
            **{"class": type(client).__name__},
            json_state=as_json(self._veil.settings(init_args)),
            timestamp=get_current_ts(),
            thread_id=threading.get_ident(),
        )

    def log_function_use(
        self, source: str | Agent, function: Callable[..., Any], args: dict[str, Any], returns: object
    ) -> None:
        """See `BaseLogger.log_function_use`."""
        self._write(
            source_id=id(source),
            source_name=source_name(source),
            **_class_of(source),
            function_name=getattr(function, "__name__", type(function).__name__),
            timestamp=get_current_ts(),
            thread_id=threading.get_ident(),
            input_args=as_json(args),
            returns=as_json(returns),
        )

    def stop(self) -> None:
        """Write what waits, and close the file."""
        self._file.close()

    def get_connection(self) -> None:
        """There is no database; None."""
        return None

    def _write(self, **fields: Any) -> None:
        self._append(self._veil.over(as_json(fields)))

    def _append(self, line: str) -> None:
        self._file.add(f"{line}\n".encode())


def _class_of(source: object) -> dict[str, str]:
    """The module and the class of an agent; nothing for anything else."""
    module, class_name = agent_fields(source)
    return {} if module is None or class_name is None else {"agent_module": module, "agent_class": class_name}
