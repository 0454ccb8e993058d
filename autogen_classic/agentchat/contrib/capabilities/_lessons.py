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
    "YES",
)

ABILITY = "\nYou remember what users teach you: memories of earlier conversations come with the messages they fit."
MEMORIES = "\n\n# Memories that might help\n"
YES, NO_HINTS = "yes", "none"

ASKS_FOR_A_JOB = (
    "Is anybody told or asked here to get something done: to do a job, to work out an answer, to solve a problem? "
    "Reply with a single word, yes or no."
)
HINTS = (
    "Which hints, rules or wishes does it give that would also be of use for other jobs of the same kind? State them "
    "in a sentence or two. If it gives none, reply with the single word none."
)
JOB = "Which job is to be done? Name the job and nothing else, neither its solution nor hints on how to do it."
KIND_OF_JOB = (
    "Of which kind is the job that it describes? Say so in a few general words, without the names, numbers and other "
    "particulars of this one case."
)
TELLS_A_FACT = (
    "Does it tell a fact, a definition or a preference that would be worth knowing in a later conversation? Reply with "
    "a single word, yes or no."
)
QUESTION_FOR_FACT = (
    "Somebody told this some time ago, and now wants to hear it again. Which question would they put? Write only the "
    "question."
)
REMEMBERED_FACT = "What does it tell that is worth knowing later? Keep to its own words, and add nothing."

EXAMPLES = (
    ("By reports I mean the weekly sales reports, which arrive as spreadsheets.", "yes"),
    ("Check once more whether all of these shops sell bicycles.", "no"),
    ("The answer should be a table again, as before.", "no"),
    ("A hint: sort the list first, and then look for pairs.", "yes"),
    ("A good lecture begins with a question that the audience cares about.", "yes"),
    ("Not like this: put the years into rows and the countries into columns.", "no"),
    ("Whenever you draw a chart, write the units on both axes.", "yes"),
    ("Give me an overview of what was written about tides before Newton.", "no"),
    ("Who has won more matches, the home team or its guests?", "no"),
    ("Before you send a letter, make sure that the date in it is a working day.", "yes"),
)
"""Messages, and whether they hold advice; the memos that `MemoStore.prepopulate` adds."""
