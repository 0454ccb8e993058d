"""What a server of the Responses API keeps: conversations with their items, and responses."""

from __future__ import annotations

import itertools
import threading
from time import time
from typing import Any

from .replies import Refusal, error
from .responses_wire import Item, as_items

__all__ = ("Conversations",)


class Conversations:
    """Conversations and responses, with the paths of OpenAI that read and change them.

    Attributes:
        items: the items of each conversation, by its id.
        responses: every response that was kept, by its id.
    """

    def __init__(self) -> None:
        self.items: dict[str, list[Item]] = {}
        self.responses: dict[str, dict[str, Any]] = {}
        self._heads: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def check(self, request: dict[str, Any]) -> None:
        """Check that the conversation of a request exists.

        Args:
            request: a request for a response.

        Raises:
            Refusal: it does not.
        """
        identity = _id_of(request.get("conversation"))
        if identity is not None:
            self._check_known(identity)

    def keep(self, request: dict[str, Any], response: dict[str, Any]) -> None:
        """Keep a response, and add what was said to its conversation.

        Args:
            request: the request.
            response: the answer.
        """
        if request.get("store") is not False:
            self.responses[response["id"]] = response
        identity = _id_of(request.get("conversation"))
        if identity is not None:
            self._add(identity, [*as_items(request.get("input")), *response["output"]])

    def answer(self, method: str, path: list[str], body: dict[str, Any]) -> dict[str, Any]:
        """Answer a request for what is kept.

        Args:
            method: of HTTP, in capitals.
            path: the parts of the path from ``conversations`` or ``responses`` on.
            body: the body, or an empty dict.

        Returns:
            The body of the answer.

        Raises:
            Refusal: there is no such thing.
        """
        match (method, path):
            case ("POST", ["conversations"]):
                return self._create(body)
            case ("GET", ["conversations", identity]):
                self._check_known(identity)
                return self._heads[identity]
            case ("POST", ["conversations", identity]):
                self._check_known(identity)
                self._heads[identity]["metadata"] = body.get("metadata") or {}
                return self._heads[identity]
            case ("DELETE", ["conversations", identity]):
                self._check_known(identity)
                del self._heads[identity], self.items[identity]
                return {"id": identity, "object": "conversation.deleted", "deleted": True}
            case ("GET", ["conversations", identity, "items"]):
                self._check_known(identity)
                return _list_of(self.items[identity][::-1])  # the newest first, as OpenAI lists them
            case ("POST", ["conversations", identity, "items"]):
                self._check_known(identity)
                return _list_of(self._add(identity, as_items(body.get("items"))))
            case ("GET", ["responses", identity]) if identity in self.responses:
                return self.responses[identity]
            case ("DELETE", ["responses", identity]) if identity in self.responses:
                del self.responses[identity]
                return {"id": identity, "object": "response", "deleted": True}
        raise _unknown(f"{method} /{'/'.join(path)}: there is no such path, or nothing with this id.")

    def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        identity = f"conv_mock_{next(self._numbers)}"
        self.items[identity] = []
        self._heads[identity] = {
            "id": identity,
            "object": "conversation",
            "created_at": int(time()),
            "metadata": body.get("metadata") or {},
        }
        self._add(identity, as_items(body.get("items")))
        return self._heads[identity]

    def _check_known(self, identity: str) -> None:
        if identity not in self._heads:
            raise _unknown(f"Conversation with id '{identity}' not found.")

    def _add(self, identity: str, items: list[Item]) -> list[Item]:
        """Append items to a conversation; return them with their ids."""
        with self._lock:
            kept = self.items[identity]
            added = [{"id": f"{identity}_item_{len(kept) + place}", **item} for place, item in enumerate(items)]
            kept += added
            return added


def _unknown(text: str) -> Refusal:
    return Refusal(error(404, text, code="not_found"))


def _id_of(conversation: object) -> str | None:
    identity = conversation.get("id") if isinstance(conversation, dict) else conversation
    return identity if isinstance(identity, str) else None


def _list_of(items: list[Item]) -> dict[str, Any]:
    ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]} if items else {"first_id": None, "last_id": None}
    return {"object": "list", "data": items, "has_more": False, **ends}
