"""What a group says, prints and asks."""

from __future__ import annotations

from typing import Any

from ...errors import MissingItemError

INTRODUCTION = (
    "Hello everyone. We have assembled a great team today to answer questions and solve tasks. In attendance are:"
)

SELECT_SPEAKER_MESSAGE = """Several participants share one conversation. These are their names and what they do:
{roles}

Follow the conversation and decide whose contribution is needed next.
Name one of {agentlist}, and write nothing but that name."""

SELECT_SPEAKER_PROMPT = "Whose contribution is needed next? Name one of {agentlist}, and write nothing but that name."

SELECT_SPEAKER_AGAIN_MULTIPLE = """Several names stand in that reply, but only one participant can have the floor.
Decide for a single one of {agentlist}. Send that name alone, spelled as in this list."""

SELECT_SPEAKER_AGAIN_NONE = """No participant of that description is here.
Decide for a single one of {agentlist}. Send that name alone, spelled as in this list."""

# The rest are short texts that old programs compare or parse: they never change.

CHECKING_AGENT = "checking_agent"
SPEAKER_SELECTION_AGENT = "speaker_selection_agent"

SELECTION_ATTEMPT = ">>>>>>>> Select speaker attempt "
SELECTION_SUCCEEDED = SELECTION_ATTEMPT + "{attempt} of {attempts} successfully selected: {name}"
SELECTION_NAMED_SEVERAL = SELECTION_ATTEMPT + "{attempt} of {attempts} failed as it included multiple agent names."
SELECTION_NAMED_NONE = SELECTION_ATTEMPT + "#{attempt} failed as it did not include any agent names."

MANUAL_HEADING = "Please select the next speaker from the following list:"
MANUAL_PROMPT = "Enter the number of the next speaker (enter nothing or `q` to use auto selection): "
MANUAL_INVALID = "Invalid input. Please enter a number between 1 and {count}."
MANUAL_EXECUTOR = "{name} only runs tools, and has nothing to say."
# Two answers are asked for; that they are called three is how 0.2 prints it.
MANUAL_GIVEN_UP = "You have tried 3 times. The next speaker will be selected automatically."

NO_ELIGIBLE_SPEAKER = "No eligible speaker found. Terminating the conversation."
MAY_TERMINATE = "WARNING: Last message meets termination criteria and this may terminate the chat."
RESUMED = "Prepared group chat with {count} messages, the last speaker is {name}"

CLEARING = "Clearing history for {whom}."
CLEARING_EXCEPT = "Clearing history for {whom} except last {keep} messages."
ALL_AGENTS = "all agents"


def fill(setting: str, template: str, /, **values: Any) -> str:
    """Fill a template.

    Args:
        setting: what holds it, such as a setting of a group, for an error.
        template: the template.
        **values: the values of its placeholders.

    Returns:
        The text.

    Raises:
        KeyError, IndexError, AttributeError, ValueError: for an unknown placeholder or a lonely brace.
    """
    try:
        return template.format(**values)
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        known = ", ".join(f"{{{name}}}" for name in values)
        kind = MissingItemError if isinstance(error, KeyError) else type(error)
        raise kind(
            f"{setting} cannot be filled ({type(error).__name__}: {error}). It may have the placeholders {known}; "
            "write every other brace twice, as {{ or }}."
        ) from error
