"""What `Teachability` asks about a message, and the memos that it can begin with."""

from __future__ import annotations

__all__ = (
    "ABILITY",
    "ASKS_FOR_A_JOB",
    "EXAMPLES",
    "HINTS",
    "JOB",
    "KIND_OF_JOB",
    "MEMORIES",
    "NO_HINTS",
    "QUESTION_FOR_FACT",
    "REMEMBERED_FACT",
    "TELLS_A_FACT",
)

ABILITY = "\nYou remember what users teach you: memories of earlier conversations come with the messages they fit."
MEMORIES = "\n\n# Memories that might help\n"
NO_HINTS = "none"

ASKS_FOR_A_JOB = (
    "Sort this message. yes: all or part of it is a request, so that somebody is now expected to answer, make or work "
    "out something. no: it only lets somebody know something. Write yes or no."
)
HINTS = (
    "What does the message say about the way to do such work: methods, forms, things to avoid? Write one sentence for "
    "each, which makes sense to a reader who does not know the message. Write none if it says nothing of the sort."
)
JOB = (
    'Write the request as one short order, such as "Translate the letter into French." Remarks on the way to do it '
    "stay out of the order. Do not carry it out."
)
KIND_OF_JOB = (
    "This order goes into a file of orders like it. Write the label of that file, three to eight words that would fit "
    'many other orders as well, such as "translation of private letters".'
)
TELLS_A_FACT = (
    "Think of a colleague who takes over this conversation next month. Does the message teach something that they "
    "would want in their notes, about the subject or about the person and their habits? Write yes or no."
)
QUESTION_FOR_FACT = (
    "What this message teaches goes on a flash card. Write the question on the front of the card, and nothing else."
)
REMEMBERED_FACT = (
    "What this message teaches goes on a flash card. Write the answer on the back of the card, close to the words of "
    "the message, and nothing else."
)

EXAMPLES = (
    ("Stir the glaze from the bottom, or the pigment settles.", "yes"),
    ("Seeds of parsley take up to four weeks to show.", "no"),
    ("Book the small hall for Tuesday evening.", "no"),
    ("Letters to the council go out on headed paper, with the case number in the first line.", "yes"),
    ("Our choir has nine altos and two basses.", "no"),
    ("Round only at the very end, never in between.", "yes"),
    ("Who is on duty at the lighthouse this week?", "no"),
    ("Read a contract from its last page: the exceptions stand there.", "yes"),
    ("With guests from abroad, write the month as a word.", "yes"),
    ("The ferry did not sail yesterday.", "no"),
)
"""Messages, and whether they hold advice; the memos that `MemoStore.prepopulate` adds."""
