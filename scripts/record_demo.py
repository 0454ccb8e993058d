"""Record the first conversation of ``make demo`` anew, after its script or the library's prompts have changed.

    .venv/bin/python scripts/record_demo.py

A server on this machine plays the model with the lines below, which were written for the demonstration: a program with
a mistake, its repair, the answer and the summary. The code runs for real while the conversation is recorded, and again
whenever it is replayed.
"""

from __future__ import annotations

import json
import os

from autogen_classic.cli import demo
from autogen_classic.replay import record
from autogen_classic.testing import MockOpenAIServer

BROKEN = """\
I count the days one by one and look at their day of the month and of the week.

```python
day = date(2001, 1, 1)
fridays = 0
while day <= date(2100, 12, 31):
    if day.day == 13 and day.weekday() == 4:
        fridays += 1
    day += timedelta(days=1)
print("Fridays:", fridays)
```
"""

REPAIRED = """\
The run stopped with a NameError: the script uses `date` and `timedelta` and imports neither. This one does.

```python
from datetime import date, timedelta

day = date(2001, 1, 1)
fridays = 0
while day <= date(2100, 12, 31):
    if day.day == 13 and day.weekday() == 4:
        fridays += 1
    day += timedelta(days=1)
print("Fridays:", fridays)
```
"""

ANSWER = "From 2001-01-01 to 2100-12-31 there are 172 Fridays on a 13th.\n\nTERMINATE"

SUMMARY = (
    "The first script lacked its imports and failed; the repaired one counted 172 Fridays the 13th in the century."
)


def main() -> None:
    """Record the conversation."""
    with MockOpenAIServer([BROKEN, REPAIRED, ANSWER, SUMMARY]) as server, record(demo.RECORDING):
        entry = {"model": demo.RECORDED_MODEL, "base_url": server.base_url, "api_key": "sk-demo"}
        os.environ["OAI_CONFIG_LIST"] = json.dumps([entry])
        with demo._fresh_folder():
            code = demo.play_code_chat()
    if code != 0:
        raise SystemExit("The answer does not name what the code printed. Correct ANSWER and SUMMARY.")


if __name__ == "__main__":
    main()
