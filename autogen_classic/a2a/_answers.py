"""An answer of A2A as it comes in: a message, or a task whose result grows piece by piece."""

from __future__ import annotations

from a2a.types import Part, StreamResponse, Task, TaskState, TaskStatus

from ..agentchat.remote import ResponseMessage
from ._wire import CONTEXT_KEY, answer_in, plain

__all__ = ("Answer",)

_FAULTS = {
    TaskState.TASK_STATE_FAILED: "it failed",
    TaskState.TASK_STATE_REJECTED: "it refused the request",
    TaskState.TASK_STATE_CANCELED: "its work was given up",
    TaskState.TASK_STATE_AUTH_REQUIRED: "it wants to know who asks",
}


class Answer:
    """What has come so far.

    Attributes:
        task_id: the task that the agent elsewhere works on; None while nothing is known of one.
        is_over: whether nothing more will come.
        fault: why there is no answer, or None.
    """

    def __init__(self) -> None:
        self.task_id: str | None = None
        self.is_over = False
        self.fault: str | None = None
        self._whole: ResponseMessage | None = None
        self._question: str | None = None
        self._artifacts: dict[str, list[Part]] = {}
        self._grown: set[str] = set()
        self._context: dict[str, object] = {}

    def take(self, event: StreamResponse) -> str | None:
        """Take what has come.

        Args:
            event: a part of the answer.

        Returns:
            The next piece of a text that is being written, if it is one.
        """
        kind = event.WhichOneof("payload")
        if kind == "message":
            self._whole, self.is_over = answer_in(event.message.parts, event.message.metadata), True
        elif kind == "task":
            self.take_task(event.task)
        elif kind == "status_update":
            self.task_id = event.status_update.task_id
            self._take_status(event.status_update.status)
        elif kind == "artifact_update":
            update = event.artifact_update
            known = self._artifacts.setdefault(update.artifact.artifact_id, [])
            if update.append:
                self._grown.add(update.artifact.artifact_id)
            else:
                known.clear()
            known += update.artifact.parts
            self._context |= plain(update.artifact.metadata).get(CONTEXT_KEY) or {}
            if not (update.last_chunk and not update.append):
                return "".join(part.text for part in update.artifact.parts if not _is_message(part))
        return None

    def take_task(self, task: Task) -> None:
        """Take a whole task, in place of what is known of it.

        Args:
            task: the task as it stands.
        """
        self.task_id = task.id
        for artifact in task.artifacts:
            self._artifacts[artifact.artifact_id] = list(artifact.parts)
            self._context |= plain(artifact.metadata).get(CONTEXT_KEY) or {}
        self._take_status(task.status)

    def _take_status(self, status: TaskStatus) -> None:
        said = "\n\n".join(part.text for part in status.message.parts)
        if status.state == TaskState.TASK_STATE_INPUT_REQUIRED:
            self._question, self.is_over = said, True
        elif status.state in _FAULTS:
            self.fault, self.is_over = f"{_FAULTS[status.state]}{f': {said}' if said else ''}", True
        elif status.state == TaskState.TASK_STATE_COMPLETED:
            self.is_over = True
            if said and not self._artifacts:
                self._whole = answer_in(status.message.parts, status.message.metadata)

    def read(self) -> ResponseMessage:
        """Return the answer."""
        if self._question is not None:
            return ResponseMessage(input_required=self._question)
        if self._whole is not None:
            return self._whole
        parts = [part for known in self._artifacts.values() for part in known]
        messages = [part for part in parts if _is_message(part)]
        if not messages and self._grown:
            messages = [Part(text="".join(part.text for part in parts))]
        answer = answer_in(messages or parts, Task().metadata)
        answer.context = dict(self._context) or None
        return answer


def _is_message(part: Part) -> bool:
    """Whether a part is a message of ours; what came before it are the pieces it was written in."""
    return "role" in part.metadata.fields
