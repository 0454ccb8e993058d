"""A conversation of a person with a team: one exchange after another, each of which is kept."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..._secrets import without_secrets
from ...errors import InterruptedStepError, JournalError, StateError
from ...events import listening
from ...io import IOStream
from ...state import load_state, save_state
from .agents import Crew
from .saved import Saved, check_is_new, last_conversation
from .shown import KINDS, Shown
from .spent import Spent
from .team_file import Team
from .terminal import Terminal

__all__ = ("Conversation",)

_HELP = """\
Type a message and press Enter. Alt-Enter, or a backslash before Enter, begins a new line.
Ctrl-C stops the answer; what was said stays. Ctrl-D leaves.
  /help           this text
  /status         who is here, what it has cost, where it is kept
  /save FOLDER    keep the conversation in FOLDER
  /exit           leave
A message that begins with a slash is typed with two."""


class Conversation:
    """Talks, counts and keeps.

    Args:
        team: who talks, as the file says.
        crew: the same as agents.
        terminal: where.
        saved: the folder that keeps it; None keeps nothing.
        spent: what it has cost so far.
        state: what was said before, or None.

    Attributes:
        failures: how many messages were not answered because of an error.
    """

    def __init__(
        self,
        team: Team,
        crew: Crew,
        terminal: Terminal,
        saved: Saved | None,
        spent: Spent,
        state: dict[str, object] | None,
    ) -> None:
        self._team = team
        self._crew = crew
        self._agents = [crew.person, crew.partner]
        self._terminal = terminal
        self._saved = saved
        self._spent = spent
        self.failures = 0
        self._has_told_of_price = False
        if state is not None:
            load_state(state, self._agents)
        self._commands: dict[str, Callable[[str], bool]] = {
            "/help": self._help,
            "/status": self._status,
            "/save": self._save,
            "/exit": lambda _: True,
        }

    # --- the person

    def hold(self) -> None:
        """Talk until the person leaves."""
        self._take_up_what_was_cut()
        while True:
            try:
                text = self._terminal.read().strip()
            except KeyboardInterrupt:
                self._terminal.note("Ctrl-D or /exit leaves.")
                continue
            except EOFError:
                return
            if text.startswith("/") and not text.startswith("//"):
                if self._obey(text):
                    return
            elif text:
                self.exchange(text.removeprefix("/") if text.startswith("//") else text)

    def _take_up_what_was_cut(self) -> None:
        """Answer a message that was not answered to the end when the program stopped, if it was this team's."""
        text = self._saved.cut_message() if self._saved is not None else None
        if self._saved is None or text is None:
            return
        strangers = self._saved.cut_speakers(self._crew.partner.name) | self._saved.cut_speakers(self._crew.person.name)
        strangers -= {agent.name for agent in (*self._agents, *self._crew.members)}
        if strangers:
            self._terminal.complain(
                f"The last exchange belongs to another team, with {', '.join(sorted(strangers))}, and is not taken up. "
                f"It is in {self._saved.set_aside()} now."
            )
            return
        self._terminal.note(f"The last message was not answered to the end, and is taken up again: {text}")
        before = save_state(self._agents)
        try:
            self.exchange(text)
        except InterruptedStepError:
            raise
        except JournalError as error:
            load_state(before, self._agents)
            self._terminal.complain(
                f"It cannot be taken up. {error}\nWhat is there is in {self._saved.set_aside()} now."
            )

    def _obey(self, text: str) -> bool:
        """Do what a command says. True if it ends the conversation."""
        word, _, rest = text.partition(" ")
        command = self._commands.get(word.lower())
        if command is not None:
            return command(rest.strip())
        near = difflib.get_close_matches(word, self._commands, n=1)
        hint = f" Did you mean {near[0]}?" if near else " /help lists them."
        self._terminal.complain(f"There is no command {word}.{hint}")
        return False

    def farewell(self) -> str:
        """How to go on another time, as a sentence; empty if nothing was kept."""
        if self._saved is None or self._saved.is_new():
            return ""
        folder = "" if self._saved.folder == last_conversation() else f" {self._saved.folder}"
        return f" To go on: autogen-classic chat --resume{folder}"

    def _help(self, _: str) -> bool:
        self._terminal.note(_HELP)
        return False

    def _status(self, _: str) -> bool:
        names = ", ".join(member.name for member in self._crew.members)
        place = "not kept" if self._saved is None else f"kept in {self._saved.folder}"
        self._terminal.note(f"{names} ({', '.join(self._crew.models)}). {self._spent}. This conversation is {place}.")
        return False

    def _save(self, name: str) -> bool:
        """Keep the conversation in another folder from now on; False, because it goes on."""
        if not name:
            self._terminal.complain("Name a folder: /save FOLDER")
            return False
        folder = Path(name).expanduser()
        try:
            if self._saved is not None and not self._saved.is_new():
                self._saved.copy_to(folder)
            else:
                check_is_new(folder)
                folder.mkdir(parents=True, exist_ok=True)
                self._saved = Saved(folder)
                self._store()
        except StateError as error:
            self._terminal.complain(str(error))
            return False
        except OSError as error:
            self._terminal.complain(f"{folder} cannot be used ({error.strerror or error}).")
            return False
        self._terminal.note(f"Kept in {folder.absolute()} from now on.")
        return False

    # --- the team

    def exchange(self, text: str) -> None:
        """Let the team answer a message of the person.

        What goes wrong is shown. If no model has answered, the message was never said; else it stays in the histories,
        and so does what came after it, also when the person stops the answer by Ctrl-C.

        Args:
            text: the message.

        Raises:
            JournalError: the conversation cannot be kept any more.
        """
        budget = None if self._team.budget is None else self._team.budget - self._spent.cost
        if budget is not None and budget <= 0:
            self._terminal.complain(f"The budget of ${self._team.budget:g} is used up. Nothing more is asked.")
            self.failures += 1
            return
        before = save_state(self._agents)
        names = [member.name for member in self._crew.members]
        shown = Shown(self._terminal, names, self._spent)
        try:
            with self._kept():
                try:
                    with listening(shown, kinds=KINDS), IOStream.set_default(self._terminal):
                        self._crew.person.initiate_chat(
                            self._crew.partner,
                            message=text,
                            clear_history=False,
                            silent=True,
                            max_turns=self._crew.max_turns,
                            max_cost=budget,
                        )
                except KeyboardInterrupt:
                    self._stop(shown)
        except JournalError:  # nothing more may be asked, because it could not be kept
            shown.leave()
            raise
        except Exception as error:  # whatever an SDK raises, the conversation goes on
            shown.leave()
            self._complain(error)
            if not shown.answers:
                load_state(before, self._agents)
                self._forget_exchange()
                return
        self._finish_exchange()

    def _stop(self, shown: Shown) -> None:
        """Keep what was said until the person pressed Ctrl-C."""
        name, said = shown.speaker, shown.said
        shown.leave()
        if name is not None and said:
            self._crew.add(name, said)
        self._terminal.note("Stopped. What was said so far stays.")

    def _complain(self, error: Exception) -> None:
        from openai import APIConnectionError

        self.failures += 1
        first, *more = without_secrets(str(error), self._crew.configurations).splitlines() or [""]
        text = " ".join([first, *more]) if isinstance(error, APIConnectionError) else first  # the rest says where
        self._terminal.complain(f"{type(error).__name__}: {text}" if text else type(error).__name__)

    # --- what is kept

    def _kept(self) -> AbstractContextManager[None]:
        if self._saved is None:
            return nullcontext()
        if self._saved.is_new():
            self._store()
        return self._saved.exchange()

    def _tell_of_unknown_price(self) -> None:
        if self._team.budget is None or self._spent.is_known or self._has_told_of_price:
            return
        self._has_told_of_price = True
        self._terminal.note(
            "The budget cannot stop anything until the price of every model is known. Give it in the team file, in US "
            "dollars for 1000 tokens sent and received: model: {model: NAME, price: [0.001, 0.002]}"
        )

    def _finish_exchange(self) -> None:
        self._tell_of_unknown_price()
        if self._saved is not None:
            self._saved.exchanges += 1
            self._store()

    def _forget_exchange(self) -> None:
        if self._saved is not None:
            self._saved.unfinished.unlink(missing_ok=True)

    def _store(self) -> None:
        assert self._saved is not None
        self._saved.store(self._team, self._spent, save_state(self._agents))
