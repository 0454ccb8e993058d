"""Turn pickled completions into JSON, in a process that can do nothing else.

This file is run as a program (``python -I -S``), imports nothing of the library, and must not be imported by it.
It reads pickles from standard input, each after its length in eight bytes, and answers each with a line of JSON:
``{"type": ..., "fields": ...}`` for a completion, ``{"refused": why}`` for anything else.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import pickle
import struct
import sys
from typing import Any, NoReturn

MOST_MEMORY = 512 * 2**20  # bytes
MOST_SECONDS = 600  # of computing, in the whole life of the process
MOST_PARTS = 200_000  # in one completion
MOST_TEXT = 16 * 2**20  # characters in one completion
DEEPEST = 60

_CHAT = "openai.types.chat."
_COMPLETION_CLASSES = {
    _CHAT + "chat_completion": ("ChatCompletion", "Choice", "ChoiceLogprobs"),
    _CHAT + "chat_completion_audio": ("ChatCompletionAudio",),
    _CHAT + "chat_completion_message": (
        "Annotation",
        "AnnotationURLCitation",
        "ChatCompletionMessage",
        "FunctionCall",
    ),
    _CHAT + "chat_completion_message_custom_tool_call": ("ChatCompletionMessageCustomToolCall", "Custom"),
    _CHAT + "chat_completion_message_function_tool_call": ("ChatCompletionMessageFunctionToolCall", "Function"),
    _CHAT + "chat_completion_message_tool_call": ("ChatCompletionMessageToolCall", "Function"),
    _CHAT + "chat_completion_token_logprob": ("ChatCompletionTokenLogprob", "TopLogprob"),
    "openai.types.completion": ("Completion",),
    "openai.types.completion_choice": ("CompletionChoice", "Logprobs"),
    "openai.types.completion_usage": ("CompletionTokensDetails", "CompletionUsage", "PromptTokensDetails"),
}


class _Refused(Exception):
    """A pickle holds something other than a completion."""


class Record:
    """Stands for an object of a known class: it keeps the fields that were set, and has no behaviour."""

    __slots__ = ("fields",)

    def __setstate__(self, state: object) -> None:
        """Take the state that a class of pydantic 2 or 1 has pickled."""
        if type(state) is not dict or type(state.get("__dict__")) is not dict:
            raise _Refused("the state of a completion has an unknown form")
        fields = state["__dict__"]
        set_fields = state.get("__pydantic_fields_set__", state.get("__fields_set__"))
        if type(set_fields) is set:
            fields = {name: part for name, part in fields.items() if name in set_fields}
        extra = state.get("__pydantic_extra__")
        self.fields = {**fields, **extra} if type(extra) is dict else fields


class Namespace:
    """Stands for a types.SimpleNamespace, which a program's own clients use for their answers."""

    __slots__ = ("fields",)

    def __init__(self) -> None:
        self.fields: dict[Any, Any] = {}

    def __setstate__(self, state: object) -> None:
        if type(state) is not dict:
            raise _Refused("the state of a namespace has an unknown form")
        self.fields = state


_KNOWN: dict[tuple[str, str], type] = {
    (module, name): type(name, (Record,), {"__slots__": ()})
    for module, names in _COMPLETION_CLASSES.items()
    for name in names
}
_KNOWN["types", "SimpleNamespace"] = Namespace
_WHOLE = {
    _KNOWN[_CHAT + "chat_completion", "ChatCompletion"]: "ChatCompletion",
    _KNOWN["openai.types.completion", "Completion"]: "Completion",
}


class CompletionUnpickler(pickle.Unpickler):
    """Knows the stand-ins, and no other class or function."""

    def find_class(self, module: str, name: str) -> type:
        """Return the stand-in for a class."""
        known = _KNOWN.get((module, name))
        if known is None:
            raise _Refused(f"it names {module[:80]!r} {name[:80]!r}, which is not part of a completion")
        return known

    def persistent_load(self, pid: object) -> NoReturn:
        """Refuse: completions do not point outside."""
        raise _Refused("it points to something outside")


class Writer:
    """Turns one completion of stand-ins into what JSON can hold, within limits."""

    def __init__(self) -> None:
        self.parts = 0
        self.text = 0

    def write(self, value: object) -> dict[str, Any]:
        """Return the entry for a completion."""
        if type(value) in _WHOLE:
            return {"type": _WHOLE[type(value)], "fields": self._fields(value, 0)}
        if type(value) is Namespace:
            return {"type": "object", "fields": self._plain(value, 0)}
        raise _Refused("it is not a completion")

    def _fields(self, value: object, depth: int) -> object:
        """Models become dicts, as in the JSON of the openai package."""
        self._count(value, depth)
        if isinstance(value, Record):
            value = value.fields
        if type(value) is dict:
            return {self._name(name): self._fields(part, depth + 1) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._fields(part, depth + 1) for part in value]
        return _scalar(value)

    def _plain(self, value: object, depth: int) -> object:
        """Namespaces and dicts are kept apart, as in entries of this library."""
        self._count(value, depth)
        if type(value) is Namespace:
            return {"object": {self._name(name): self._plain(part, depth + 1) for name, part in value.fields.items()}}
        if type(value) is dict:
            return {"dict": {self._name(name): self._plain(part, depth + 1) for name, part in value.items()}}
        if isinstance(value, (list, tuple)):
            return [self._plain(part, depth + 1) for part in value]
        return _scalar(value)

    def _name(self, name: object) -> str:
        if type(name) is not str:
            raise _Refused("a field has a name that is not a text")
        self._count(name, 0)
        return name

    def _count(self, value: object, depth: int) -> None:
        self.parts += 1
        self.text += len(value) if type(value) is str else 0
        if depth > DEEPEST or self.parts > MOST_PARTS or self.text > MOST_TEXT:
            raise _Refused("it is larger or deeper than any completion")


def _scalar(value: object) -> object:
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int and abs(value) < 2**63:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise _Refused(f"it holds a value of type {type(value).__name__[:80]}")


def answer_to(data: bytes) -> dict[str, Any]:
    """Return the entry for a pickle, or why it is refused."""
    try:
        return Writer().write(CompletionUnpickler(io.BytesIO(data)).load())
    except _Refused as refusal:
        return {"refused": str(refusal)}
    except BaseException as error:  # bytes that no one vouches for can make the unpickler raise anything
        return {"refused": f"it cannot be read ({type(error).__name__})"}


def give_up_rights() -> None:
    """Let this process open nothing, start nothing, and use only a little of the machine."""
    with contextlib.suppress(ImportError):  # not on Windows
        import resource

        for name, limit in (
            ("RLIMIT_AS", MOST_MEMORY),
            ("RLIMIT_CPU", MOST_SECONDS),
            ("RLIMIT_CORE", 0),
            ("RLIMIT_FSIZE", 0),
            ("RLIMIT_NPROC", 0),
            ("RLIMIT_NOFILE", 0),  # no file, and no socket either
        ):
            with contextlib.suppress(AttributeError, OSError, ValueError):
                resource.setrlimit(getattr(resource, name), (limit, limit))

    def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
        raise _Refused(f"it tried to do something ({event})")

    sys.addaudithook(refuse)


def main() -> None:
    """Answer until standard input ends."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    give_up_rights()
    while len(head := source.read(8)) == 8:
        answer = answer_to(source.read(struct.unpack(">Q", head)[0]))
        target.write(json.dumps(answer).encode("ascii") + b"\n")
        target.flush()


if __name__ == "__main__":
    main()
