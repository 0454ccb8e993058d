"""A conversation on disk: a folder with its state after each message of the person, and the journal of what came of it.

```text
    conversation.json     the team, what was spent, and the state of the agents
    exchanges/0001.jsonl  the journal of the first message and all that followed it
    exchanges/0002.jsonl  ... without a state that knows of it, this one was cut: it is taken up again
```
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from ..._core.whole_files import write_whole
from ...errors import StateError
from ...state import journal
from .spent import Spent
from .team_file import Team, team_of

__all__ = ("Saved", "check_is_new", "last_conversation", "new_folder", "state_folder")

SCHEMA = "autogen-classic/conversation/1"
_PROGRAM = "autogen-classic chat"


def state_folder() -> Path:
    """Where programs of this person keep what they want to find again; made so that nobody else can read it."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    folder = Path(base) / "autogen-classic"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def new_folder() -> Path:
    """A folder for a new conversation, named after the time of day."""
    base = state_folder() / "chats" / datetime.now().strftime("%Y-%m-%d-%H%M%S")
    folder, number = base, 1
    while folder.exists():
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


def check_is_new(folder: Path) -> None:
    """Refuse a place that has something in it.

    Args:
        folder: where a conversation is to be kept.

    Raises:
        StateError: it is a file, or a folder that is not empty.
        OSError: it cannot be looked into.
    """
    if folder.exists() and not folder.is_dir():
        raise StateError(f"{folder} is a file. Name a new folder.")
    if (folder / Saved.FILE).exists():
        raise StateError(f"{folder} is not empty. Name a new folder, or go on with it: --resume {folder}")
    if folder.exists() and any(folder.iterdir()):
        raise StateError(f"{folder} is not empty. Name a new folder.")


def last_conversation() -> Path | None:
    """The conversation in the default place that was saved last; None if there is none."""
    found = list(state_folder().glob(f"chats/*/{Saved.FILE}"))
    return max(found, key=lambda file: file.stat().st_mtime_ns).parent if found else None


class Saved:
    """The folder of a conversation.

    Args:
        folder: where it is, or will be when something was said.

    Attributes:
        folder: where it is.
        exchanges: how many messages of the person are finished.
    """

    FILE = "conversation.json"

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.exchanges = 0

    @property
    def unfinished(self) -> Path:
        """The journal of the exchange that comes next, or was cut."""
        return self.folder / "exchanges" / f"{self.exchanges + 1:04}.jsonl"

    def is_new(self) -> bool:
        """Whether nothing is there yet."""
        return not (self.folder / self.FILE).exists() and not self.unfinished.exists()

    def load(self) -> tuple[Team, Spent, dict[str, Any] | None]:
        """Read the conversation.

        Returns:
            The team, what was spent, and the state of the agents; None if no exchange was finished.

        Raises:
            StateError: it is not a conversation of this command.
            OSError: it cannot be read.
        """
        file = self.folder / self.FILE
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            if data["schema"] != SCHEMA:
                raise StateError(f"{file} was written by another release (it says {data['schema']!r}, not {SCHEMA!r}).")
            self.exchanges = int(data["exchanges"])
            return team_of(data["team"], str(file)), Spent(**data["spent"]), data["state"]
        except FileNotFoundError:
            raise StateError(f"{self.folder} holds no conversation: there is no {self.FILE} in it.") from None
        except (ValueError, KeyError, TypeError) as error:
            if isinstance(error, StateError):
                raise
            raise StateError(f"{file} cannot be read as a conversation ({error}).") from error

    def store(self, team: Team, spent: Spent, state: dict[str, Any] | None) -> None:
        """Write the conversation as it is after another exchange, in one step: it is never half written.

        Args:
            team: the team.
            spent: what was spent.
            state: the state of the agents.

        Raises:
            OSError: it cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        data = {"schema": SCHEMA, "exchanges": self.exchanges, "team": team.as_data(), "spent": spent.as_data()}
        text = json.dumps({**data, "state": state}, ensure_ascii=False, indent=1)
        # Half a character, as some models leave behind, is written as JSON escapes it.
        write_whole(self.folder / self.FILE, text.encode("utf-8", "backslashreplace"), private=True)

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Keep everything that happens within on disk, step by step, and take up what was cut.

        Raises:
            JournalError: the journal cannot be read or written.
        """
        self.unfinished.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with journal(self.unfinished, program=_PROGRAM, interrupted="ask"):
            yield

    def cut_message(self) -> str | None:
        """What the person had said when the program was killed; None if everything was finished."""
        said = next(self._cut_messages(), None)
        return None if said is None else str(said["message"].get("content") or "") or None

    def cut_speakers(self, listener: str) -> set[str]:
        """Who spoke in the exchange that was cut.

        Args:
            listener: the name of the agent to whom they spoke.
        """
        return {str(said.get("agent")) for said in self._cut_messages() if said.get("to") == listener}

    def _cut_messages(self) -> Iterator[dict[str, Any]]:
        """The messages in the journal of the exchange that was cut, as far as they can be read."""
        if not self.unfinished.exists():
            return
        for line in self.unfinished.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                turn = json.loads(line)
            except ValueError:
                continue
            if isinstance(turn, dict) and turn.get("kind") == "message" and isinstance(turn.get("message"), dict):
                yield turn

    def set_aside(self) -> Path:
        """Put a journal that cannot be taken up where it is not in the way, and say where that is."""
        place = self.unfinished.with_suffix(".cut.jsonl")
        number = 1
        while place.exists():
            number += 1
            place = self.unfinished.with_suffix(f".cut-{number}.jsonl")
        self.unfinished.rename(place)
        return place

    def copy_to(self, folder: Path) -> None:
        """Go on in another folder, which must be new or empty.

        Args:
            folder: the folder.

        Raises:
            StateError: it is neither.
            OSError: it cannot be written.
        """
        check_is_new(folder)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        self.folder = folder.absolute()
