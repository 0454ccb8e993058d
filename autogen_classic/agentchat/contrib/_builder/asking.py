"""What the builder asks its model, and how it reads the answers."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ...._core.drive import Ask, Steps
from ...._core.messages import Message
from ...._json.text import object_within
from ....errors import EmbeddingUnavailableError, UnusableProposalError
from ....formatting_utils import colored
from ....io.base import IOStream
from .._retrieval.embed import EmbeddingFunction, embed
from .._retrieval.nearness import embedding_named, nearest
from .contract import Builder
from .files import Profile

__all__ = ("candidates", "chosen_from", "is_coding_useful", "profiles_for", "say", "user_of")

logger = logging.getLogger("autogen.agentchat.contrib.agent_builder")

_ATTEMPTS = 3


def say(text: str, color: str | None = None) -> None:
    """Tell the reader of the console how far the building is."""
    IOStream.get_default().print(colored(text, color) if color else text, flush=True)


def ask(builder: Builder, *questions: str) -> Steps[str]:
    """Ask the model of the builder; further questions complain about answers before.

    Returns:
        The answer; an empty text for an answer without words.
    """
    messages: list[Message] = [{"role": "user", "content": question} for question in questions]
    response = yield Ask(builder.builder_model, "create", messages=messages, cache=builder.client_cache)
    answer = builder.builder_model.extract_text_or_completion_object(response)[0]
    text = answer if isinstance(answer, str) else getattr(answer, "content", None)
    return str(text or "").strip()


def profiles_for(builder: Builder, task: str, max_agents: int, taken: Iterable[str]) -> Steps[list[Profile]]:
    """Have the model make up experts for a task.

    Args:
        builder: whose model is asked.
        task: the task.
        max_agents: how many experts there may be.
        taken: names that others have.

    Returns:
        Their profiles.

    Raises:
        UnusableProposalError: the answer holds no name.
    """
    say("==> Generating agents...", "green")
    answer = yield from ask(builder, builder.AGENT_NAME_PROMPT.format(task=task, max_agents=max_agents))
    names = [name for name in _names_in(answer) if name not in set(taken)][:max_agents]
    if not names:
        raise UnusableProposalError(f"The model was asked for names of experts, but its answer holds none: {answer!r}")
    say(f"{names} are generated.")

    say("==> Generating system message...", "green")
    messages = []
    for name in names:
        say(f"Preparing system message for {name}")
        question = builder.AGENT_SYS_MSG_PROMPT.format(
            task=task, position=name, default_sys_msg=builder.DEFAULT_DESCRIPTION
        )
        messages.append((yield from ask(builder, question)) or f"You are {name}.")

    say("==> Generating description...", "green")
    profiles = []
    for name, message in zip(names, messages, strict=True):
        say(f"Preparing description for {name}")
        question = builder.AGENT_DESCRIPTION_PROMPT.format(position=name, sys_msg=message)
        description = yield from ask(builder, question)
        profiles.append(
            {
                "name": name,
                "model": list(builder.agent_model),
                "tags": list(builder.agent_model_tags),
                "system_message": message,
                "description": description or name,
            }
        )
    return profiles


def is_coding_useful(builder: Builder, task: str) -> Steps[bool]:
    """Ask whether programs would help with a task; anything but a yes is a no."""
    answer = yield from ask(builder, builder.CODING_PROMPT.format(task=task))
    return re.match(r"\W*yes\b", answer, re.IGNORECASE) is not None


def user_of(builder: Builder, function: Mapping[str, Any], profiles: Sequence[Profile]) -> Steps[list[str]]:
    """Ask who should use a function.

    Returns:
        One name; all names if the answer names nobody of the team.
    """
    details = [{"name": profile["name"], "description": profile["description"]} for profile in profiles]
    question = builder.AGENT_FUNCTION_MAP_PROMPT.format(
        function_name=function["name"],
        function_description=function["description"],
        format_agent_details="as a list of names and descriptions",
        agent_details=json.dumps(details, ensure_ascii=False),
    )
    answer = yield from ask(builder, question)
    names = [profile["name"] for profile in profiles]
    named = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", answer)]
    if named:
        return named[:1]
    logger.warning(
        "The model was asked who of %s should use %s, and answered %r: all may.", names, function["name"], answer
    )
    return names


def candidates(
    builder: Builder, task: str, library: Sequence[Profile], top_k: int, embedding: EmbeddingFunction | str | None
) -> Steps[list[Profile]]:
    """Find the agents of a library whose descriptions are nearest to a task.

    Args:
        builder: whose model searches where there is no embedding.
        task: the task.
        library: the agents.
        top_k: how many to find.
        embedding: the name of a model of sentence-transformers, ``"local"``, or an embedding function.
    """
    texts = [_description(profile) for profile in library]
    try:
        function = embedding_named(embedding)
    except EmbeddingUnavailableError as error:
        logger.warning("%s The model of the builder searches the library instead.", error)
        listed = "\n".join(f"{profile['name']}: {text}" for profile, text in zip(library, texts, strict=True))
        question = builder.AGENT_SEARCHING_PROMPT.format(task=task, agent_list=listed, max_agents=top_k)
        return _named(library, _names_in((yield from ask(builder, question))))[:top_k]
    wanted, *vectors = embed(function, [task, *texts])
    return [library[position] for position in nearest(wanted, vectors, top_k)]


def chosen_from(builder: Builder, task: str, pool: Sequence[Profile]) -> Steps[tuple[list[Profile], list[str]]]:
    """Ask which skills a task needs, and who of a pool has them.

    Returns:
        The chosen agents, and the skills that none of them has.

    Raises:
        UnusableProposalError: the answer is not a JSON object, however often it is asked for.
    """
    listed = "\n".join(f"{profile['name']}: {_description(profile)}" for profile in pool)
    questions = [builder.AGENT_SELECTION_PROMPT.format(skills=task, expert_pool=listed)]
    answer = ""
    for _ in range(_ATTEMPTS):
        answer = yield from ask(builder, *questions)
        choice = _json_object(answer)
        if choice:
            names = {skill: _names_of(value) for skill, value in choice.items()}
            chosen = _named(pool, chain.from_iterable(names.values()))
            known = {profile["name"] for profile in chosen}
            return chosen, [skill for skill, given in names.items() if known.isdisjoint(given)]
        questions.append("That is not a JSON object as described. Answer with the JSON object and nothing else.")
    raise UnusableProposalError(f"The model was asked for a JSON object with skills and experts, but wrote: {answer!r}")


def _names_of(value: object) -> list[str]:
    """Who has a skill: a name with what is said about it, or a list of these."""
    given = value if isinstance(value, list) else [value]
    return [str(one).partition(":")[0].strip() for one in given]


def _description(profile: Profile) -> str:
    return str(profile["description"] or profile["system_message"])


def _named(profiles: Sequence[Profile], names: Iterable[str]) -> list[Profile]:
    wanted = set(names)
    return [profile for profile in profiles if profile["name"] in wanted]


def _names_in(answer: str) -> list[str]:
    """The names in a list by commas or lines, as names that every provider accepts."""
    parts = (re.sub(r"^\s*(\d+[.)]|[-*+])\s+", "", part).strip(" \t'\"`*.") for part in re.split(r"[,;\n]", answer))
    names = (re.sub(r"[^a-zA-Z0-9_-]+", "_", part).strip("_")[:64] for part in parts)
    return list(dict.fromkeys(name for name in names if name))


def _json_object(answer: str) -> dict[str, Any] | None:
    try:
        value = json.loads(object_within(answer))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
