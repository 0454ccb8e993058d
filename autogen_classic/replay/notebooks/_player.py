"""The transcript plays everybody who is not there: the model, the person and, if asked, tools and code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from ..._core.drive import Call as CallStep
from ..._core.drive import Request, Steps
from ..._core.events import MessageReceived
from ..._core.tape import AttemptT, WrapperT
from ...errors import NotebookDepartureError
from ...testing import ModelRequest, Reply, ScriptedClient, ToolCall
from .._model_request import TapedAttempt
from .._recorder import Recorder
from .._tape import RecordedCodeResult, TapeOfRun, agent_name
from .._values import Secrets
from ._transcript import Item, Mark, Prompt, Turn, asks_for_speaker

if TYPE_CHECKING:
    from ...oai.client import OpenAIWrapper

__all__ = ("PLACEHOLDER_KEY", "Player", "TranscriptTape")

PLACEHOLDER_KEY = "not-needed"

_SELECTORS = ("speaker_selection_agent", "checking_agent")
_ANALYST = "analyzer"  # of a teachable agent; it looks for something to remember in whatever the agent is told
_CODE_OUTPUT = re.compile(r"exitcode: (-?\d+) \(execution (?:succeeded|failed).*?\)\nCode output: ?(.*)", re.DOTALL)
_OUT = re.compile(r"\AOut\[\d+\]: ")
_SUMMARY_OF_RESULT = re.compile(r"""\bsummary=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"), cost=""", re.DOTALL)
_CARRYOVER = "\nContext: \n"
UNKNOWN_SUMMARY = "(The notebook does not show this summary.)"
_NOTHING_TO_REMEMBER = "no"


class Player:
    """Follows a transcript while the conversation is held again, and says what comes next in it.

    A cell may also ask a model without a conversation and show the answer, as in ``print(agent.generate_reply(...))``.

    Args:
        carryovers: the texts that cells of the notebook give to chats in a row themselves, beside the summaries.

    Attributes:
        unknown_summaries: how many summaries of a model were wanted that no output shows.
        unknown_analyses: how many questions the hidden analyst of a teachable agent was asked.
        hidden_answers: how many questions went to models of agents that no output shows; each was answered by what the
            message says that follows in the record.
    """

    def __init__(self, carryovers: Sequence[str] = ()) -> None:
        self._carryovers = sorted(carryovers, key=len, reverse=True)
        self._items: Sequence[Item] = ()
        self._at = 0
        self._text = ""
        self._known: set[str] = set()
        self._printed = ""
        self._last_recipient: object = None
        self.unknown_summaries = 0
        self.unknown_analyses = 0
        self.hidden_answers = 0

    def begin(self, items: Sequence[Item], text: str) -> None:
        """Begin with another cell.

        Args:
            items: its transcript.
            text: all that it has shown.
        """
        self._items = items
        self._at = 0
        self._text = text
        self._known = {name for item in items if isinstance(item, Turn) for name in (item.sender, item.recipient)}
        self._printed = "" if any(isinstance(item, Turn) for item in items) else text

    def hear(self, event: MessageReceived) -> None:
        """Move on past a message that was printed just now.

        One that the record does not have leaves the place as it is: the comparison will tell.
        """
        self._last_recipient = recipient = event.recipient
        if recipient._is_silent(recipient, event.silent):
            return
        for at, turn in self._turns():
            if (turn.sender, turn.recipient) == (event.sender.name, recipient.name):
                self._at = at + 1
                return

    def reply_of_model(self, request: ModelRequest) -> Reply | str:
        """Return what the model answered then.

        Raises:
            NotebookDepartureError: the record does not show it.
        """
        name = agent_name(request.agent)
        _, turn = next(self._turns(), (0, None))
        if name in _SELECTORS:
            speaker = self.next_speaker() or self._person_of_group()
            if speaker is None:
                raise NotebookDepartureError("A speaker is to be selected, but the record has no further message.")
            return speaker
        if self._asks_for_summary(request):
            return self._summary(turn, request)
        if name == _ANALYST and (turn is None or turn.sender != name):
            self.unknown_analyses += 1
            return _NOTHING_TO_REMEMBER
        if turn is None and self._printed.strip():
            printed, self._printed = self._printed, ""
            return _printed_value(printed)
        if turn is not None and name not in self._known:
            self.hidden_answers += 1
            return turn.responses[0].content if turn.responses else turn.content
        if turn is None or turn.sender != name:
            follows = "ends here" if turn is None else f"goes on with a message of {turn.sender!r}"
            raise NotebookDepartureError(f"The model of {name!r} is asked, but the record {follows}.")
        return _as_reply(turn)

    def next_speaker(self, among: Sequence[str] | None = None) -> str | None:
        """Return who speaks next in the group that has just heard a message; None if the record does not show it.

        Args:
            among: who can be chosen; None for whoever it was.
        """
        first: str | None = None
        for item in self._items[self._at :]:
            name = _speaker_named_in(item) if first is None or isinstance(item, Turn) else None
            if name is None or (among is not None and name not in among):
                continue
            if not isinstance(item, Turn) or item.recipient == agent_name(self._last_recipient):
                return name
            first = first or name  # speaks within a nested chat, which comes before the answer to the group
        return first

    def _person_of_group(self) -> str | None:
        """The first member that is a person, who leaves a group without a further message by typing "exit"."""
        group = getattr(self._last_recipient, "groupchat", None)
        members = getattr(group, "agents", ())
        people = (member for member in members if getattr(member, "human_input_mode", "NEVER") != "NEVER")
        return agent_name(next(people, None))

    def answer_of_person(self, name: str | None, prompt: str) -> str:
        """Return what the person behind an agent typed then."""
        if asks_for_speaker(prompt):
            return self._number_of_next_speaker()
        for at, item in enumerate(self._items[self._at :], start=self._at):
            if isinstance(item, Prompt) and item.answer:
                self._at = at + 1
                return item.answer
            if isinstance(item, Mark) and item.kind in ("auto reply", "no human input"):
                return ""
            if isinstance(item, Turn):
                return item.content if item.sender == name else "exit"
        return "exit"

    def _number_of_next_speaker(self) -> str:
        candidates: Sequence[str] = ()
        for at, item in enumerate(self._items[self._at :], start=self._at):
            if isinstance(item, Mark) and item.kind == "candidates":
                candidates = item.text.split("\n")
            elif isinstance(item, Prompt) and item.answer:
                self._at = at + 1
                return item.answer
            elif isinstance(item, Turn):
                break
        speaker = self.next_speaker(candidates)
        return "" if speaker is None else str(candidates.index(speaker) + 1)

    def answer_to_input(self, prompt: object = "") -> str:
        """Return what was typed when a cell itself called ``input``.

        Raises:
            NotebookDepartureError: the record does not show it.
        """
        asked = str(prompt).strip()
        for line in self._text.splitlines():
            if asked and line.startswith(asked):
                return line[len(asked) :].strip()
        raise NotebookDepartureError(f"The cell asks {asked!r}, but its output does not show what was typed.")

    def result_of_code(self, name: str | None) -> RecordedCodeResult:
        """Return the exit code and the output of the code that an agent ran then.

        Raises:
            NotebookDepartureError: the record does not show them.
        """
        _, turn = next(self._turns(), (0, None))
        if turn is None:
            match = _CODE_OUTPUT.search(self._printed)  # the cell prints more than the answer
        else:
            match = _CODE_OUTPUT.match(turn.content) if turn.sender == name else None
        if match is None:
            raise NotebookDepartureError(f"{name!r} runs code, but the record does not show its output here.")
        return RecordedCodeResult(int(match[1]), match[2])

    def result_of_tool(self, agent: object, tool: str, before: int) -> object:
        """Return what a tool answered then.

        Args:
            agent: who runs it.
            tool: its name.
            before: how many tools have run for the same message before.

        Returns:
            Its text; for the last tool of a message that handed over, an object that says so to the agent.

        Raises:
            NotebookDepartureError: the record does not show it.
        """
        at, turn = next(self._turns(), (0, None))
        if turn is None or len(turn.responses) <= before:
            raise NotebookDepartureError(
                f"{agent_name(agent)!r} runs the tool {tool!r}, but the record does not show its answer."
            )
        text = turn.responses[before].content
        hand_over = getattr(agent, "_classic_shown_tool_result", None)
        targets = [
            item.text for item in self._items[self._at : at] if isinstance(item, Mark) and item.kind == "handover"
        ]
        is_last = before == len(turn.responses) - 1
        return hand_over(text, targets[-1]) if hand_over is not None and targets and is_last else text

    @property
    def place(self) -> int:
        """How far the conversation has come in the transcript."""
        return self._at

    def _turns(self) -> Iterator[tuple[int, Turn]]:
        for at in range(self._at, len(self._items)):
            item = self._items[at]
            if isinstance(item, Turn):
                yield at, item

    def _asks_for_summary(self, request: ModelRequest) -> bool:
        """Whether the last message is an instruction; everywhere else the instructions come first."""
        messages = request.messages
        return len(messages) > 1 and messages[-1].get("role") in ("system", "developer")

    def _summary(self, turn: Turn | None, request: ModelRequest) -> str:
        """A summary is shown where it goes on: in what the next chat begins with, or as the reply of a nested chat."""
        if turn is None:
            shown = _summary_shown(self._text)
            if shown is not None:
                return shown
            self.unknown_summaries += 1
            return UNKNOWN_SUMMARY
        is_carried_over, carried_over = _carryover(turn.content)
        if not is_carried_over:
            return turn.content
        summaries = self._without_own(carried_over)
        for message in request.messages:  # the chat itself may have begun with what earlier chats had carried over
            earlier = self._without_own(_carryover(str(message.get("content")))[1])
            summaries = summaries.removeprefix(f"{earlier}\n") if earlier else summaries
        return summaries

    def _without_own(self, carried_over: str) -> str:
        """Leave out what a cell has given to a chat itself, which comes before the summaries of other chats."""
        for own in self._carryovers:
            if carried_over == own or carried_over.startswith(f"{own}\n"):
                return carried_over[len(own) + 1 :]
        return carried_over


def _summary_shown(text: str) -> str | None:
    """The summary of the last result of a chat that a cell shows, as Python writes it; None if it shows none."""
    _, _, results = text.partition("ChatResult(")
    summaries = _SUMMARY_OF_RESULT.findall(results)
    return str(ast.literal_eval(summaries[-1])) if summaries else None


def _speaker_named_in(item: Item) -> str | None:
    if isinstance(item, Turn):
        return item.sender
    if isinstance(item, Prompt):
        return item.person
    return item.text if item.kind == "next speaker" else None


def _printed_value(text: str) -> str:
    """The answer of a model in what a cell shows of it: the text itself, or its form in Python."""
    shown = _OUT.sub("", text).strip()
    try:
        value = ast.literal_eval(shown)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return shown
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else shown


def _carryover(content: str) -> tuple[bool, str]:
    _, frame, carried_over = content.partition(_CARRYOVER)
    return bool(frame), carried_over


def _as_reply(turn: Turn) -> Reply:
    tools = tuple(ToolCall(call.name, call.arguments, call.id) for call in turn.calls if call.id is not None)
    function = next((ToolCall(call.name, call.arguments) for call in turn.calls if call.id is None), None)
    content = turn.content if turn.content or not turn.calls else None
    return Reply(content, tool_calls=tools, function_call=function)


class _PlayedAttempt(TapedAttempt):
    """An attempt that the transcript answers, and that goes into the cassette. No cache is looked into or filled."""

    def __init__(self, tape: TranscriptTape, wrapper: OpenAIWrapper, number: int, config: dict[str, Any]) -> None:
        super().__init__(tape, wrapper, number, config)
        self.extras = {**self.extras, "cache": None, "cache_seed": None}

    def connected(self) -> ScriptedClient:
        """Return the client that reads from the transcript."""
        return cast("TranscriptTape", self._tape).client


class TranscriptTape(TapeOfRun):
    """What `_core.tape` asks for, answered from a transcript and recorded at the same time.

    Args:
        player: follows the transcript.
        recorder: where the turns go.
        plays_tools: whether results of tools come from the transcript.
        plays_code: whether results of code do.
        models: the models that a list of configurations offers where the notebook's own is missing.
    """

    def __init__(
        self, player: Player, recorder: Recorder, plays_tools: bool, plays_code: bool, models: Sequence[str]
    ) -> None:
        super().__init__(None, recorder, {"tools": plays_tools, "code": plays_code}, Secrets())
        self.replays = True
        self.client = ScriptedClient(player.reply_of_model)
        self._player = player
        self._plays = (plays_tools, plays_code)
        self._models = models
        self._tools_run = (0, 0)  # at which place of the transcript, and how many there

    def attempt(
        self,
        kind: Callable[[WrapperT, int, dict[str, Any]], AttemptT],
        wrapper: WrapperT,
        number: int,
        config: dict[str, Any],
    ) -> AttemptT:
        """Return an attempt that the transcript answers; see `_core.tape`."""
        return cast(AttemptT, _PlayedAttempt(self, cast("OpenAIWrapper", wrapper), number, config))

    def config_list(
        self, name: str, filter_dict: Mapping[str, Any] | None, load: Callable[[], list[dict[str, Any]]]
    ) -> list[dict[str, Any]]:
        """Return a configuration list; without one, entries that fit the filter and need no key."""
        try:
            entries = super().config_list(name, filter_dict, load)
        except (OSError, ValueError):
            entries = []
        return entries or [{"model": model, "api_key": PLACEHOLDER_KEY} for model in self._models_for(filter_dict)]

    def _models_for(self, filter_dict: Mapping[str, Any] | None) -> Sequence[str]:
        wanted = (filter_dict or {}).get("model")
        if wanted is None:
            return self._models or ["gpt-4o"]
        return [wanted] if isinstance(wanted, str) else [str(model) for model in wanted]

    def person_steps(self, agent: object, prompt: str, ask: Request) -> Steps[str]:
        """Return what the person typed then; see `_core.tape`."""
        answer = CallStep(self._player.answer_of_person, agent_name(agent), prompt)
        return (yield from super().person_steps(agent, prompt, answer))

    def person_input(self, prompt: str, ask: Callable[[str], str]) -> str:
        """Return what the person typed then; see `_core.tape`."""
        return super().person_input(prompt, lambda _: self._player.answer_of_person(None, prompt))

    def choice(self, names: list[str], choose: Callable[[], int]) -> int:
        """Return what chance chose then: who speaks next; see `_core.tape`."""
        speaker = self._player.next_speaker(names)
        return super().choice(names, choose if speaker is None else lambda: names.index(speaker))

    def tool_steps(self, agent: object, name: str, arguments: dict[str, Any], run: Request) -> Steps[Any]:
        """Return what the tool answered then, if the transcript plays tools; see `_core.tape`."""
        if self._plays[0]:
            place, before = self._tools_run
            before = before if place == self._player.place else 0
            self._tools_run = (self._player.place, before + 1)
            run = CallStep(self._player.result_of_tool, agent, name, before)
        return (yield from super().tool_steps(agent, name, arguments, run))

    def code_steps(self, agent: object, blocks: list[tuple[str, str]], run: Request) -> Steps[Any]:
        """Return what the code printed then, if the transcript plays code; see `_core.tape`."""
        if self._plays[1]:
            run = CallStep(self._player.result_of_code, agent_name(agent))
        return (yield from super().code_steps(agent, blocks, run))
