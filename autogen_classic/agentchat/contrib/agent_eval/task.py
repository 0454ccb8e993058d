"""What is to be judged."""

from __future__ import annotations

import json

from pydantic import BaseModel

__all__ = ("Task",)


class Task(BaseModel):
    """A task, with one example of a success and one of a failure.

    Attributes:
        name: its name.
        description: what is to be done.
        successful_response: an example of a response that succeeded.
        failed_response: an example of one that failed.
    """

    name: str
    description: str
    successful_response: str
    failed_response: str

    def get_sys_message(self) -> str:
        """Describe the task to a model."""
        return (
            f"Task: {self.name}.\n"
            f"Task description: {self.description}\n"
            f"Task successful example: {self.successful_response}\n"
            f"Task failed example: {self.failed_response}\n"
        )

    @staticmethod
    def parse_json_str(task: str) -> Task:
        """Read a task.

        Args:
            task: a JSON object with the attributes of a task.

        Returns:
            The task.

        Raises:
            ValueError: the text is not JSON (a `json.JSONDecodeError`), or lacks a part (a
                `pydantic.ValidationError`).
        """
        return Task.model_validate(json.loads(task))
