"""Reads what a runtime logger has written, with everything replaced that differs from run to run."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

from normalise import GROUP_TEMPLATES

TABLES = ("version", "agents", "oai_wrappers", "oai_clients", "events", "function_calls", "chat_completions")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}")


def database_rows(path: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of all tables by their columns."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [
                {name: masked(name, value) for name, value in zip(row.keys(), row, strict=True)}
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
            ]
            for table in TABLES
        }


def file_lines(path: str) -> list[Any]:
    """The lines of a log file; those that are JSON as dicts."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return [
        {name: masked(name, value) for name, value in json.loads(line).items()} if line.startswith("{") else line
        for line in lines
    ]


def masked(name: str, value: Any) -> Any:
    """A value without ids of objects and times, and an answer without what belongs to the version of the SDK."""
    if isinstance(value, int) and value > 1_000_000:
        return "<ID>"
    if name in ("response", "json_response"):
        return _answer(value)
    if name in ("init_args", "json_state", "request") and isinstance(value, str):
        value = json.loads(value.replace("<autogen_classic.", "<autogen."))  # its texts are masked as they stand
        for template in (*GROUP_TEMPLATES, "_speaker_selection_transforms"):
            value.get("groupchat", {}).pop(template, None)
        return value
    return _TIME.sub("<TIME>", value) if isinstance(value, str) else value


def _answer(text: str) -> Any:
    if text.startswith("ChatCompletion("):
        return re.findall(r"content='(.*?)'|finish_reason='(.*?)'", text)
    try:
        answer = json.loads(text)
    except ValueError:
        return text
    if "choices" not in answer:
        return answer
    indented = text.startswith('{\n    "')
    return [indented, [[one["finish_reason"], one["message"]["content"]] for one in answer["choices"]]]
