"""What the scripts share: the implementation under test, its agents, a clock, and the way to report.

A script runs unchanged under each implementation, in the interpreter of its environment. It knows only what old
programs know: ``import autogen``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from time import process_time
from typing import Any

OURS = "autogen-classic"
IMPLEMENTATION = os.environ.get("BENCH_IMPLEMENTATION", OURS)
BASE_URL = os.environ.get("BENCH_BASE_URL", "http://127.0.0.1:9/v1")
QUICK = bool(os.environ.get("BENCH_QUICK"))

sys.tracebacklimit = 0  # the other implementations are black boxes: a failure is shown by its message


def load_autogen() -> Any:
    """Import ``autogen``, whichever that is here.

    Returns:
        The module.
    """
    if IMPLEMENTATION == OURS:
        from autogen_classic.compat import install_as_autogen

        install_as_autogen()
    with contextlib.redirect_stderr(open(os.devnull, "w")):
        import autogen
    return autogen


def talker(autogen: Any, name: str, answers_first: bool = False) -> Any:
    """Build an agent that needs no model and never tires.

    Its answers differ from one to the next, as those of people and models do.

    Args:
        autogen: the implementation.
        name: the name of the agent.
        answers_first: whether its answer comes before the built-in replies (person, tools, code, model) are asked,
            and not, as a model's answer, after them.

    Returns:
        A ConversableAgent.
    """
    agent = autogen.ConversableAgent(name, llm_config=False, human_input_mode="NEVER", max_consecutive_auto_reply=10**9)
    position = 0 if answers_first else len(agent._reply_func_list)
    agent.register_reply([autogen.Agent, None], _number_of_messages, position)
    return agent


def _number_of_messages(recipient: Any, messages: Any, sender: Any, config: Any) -> tuple[bool, str]:
    return True, f"I have {len(messages)} messages, and this is my answer to the last."


def llm_config(model: str = "mock-model", **settings: Any) -> dict[str, Any]:
    """Build the configuration of a model on the local server, without a cache.

    Args:
        model: the name of the model.
        **settings: further settings of the model, such as ``price``, without which some warn at each request.

    Returns:
        An llm_config.
    """
    entry = {"model": model, "api_key": "sk-mock", "base_url": BASE_URL, **settings}
    return {"config_list": [entry], "cache_seed": None}


def best(action: Callable[[], Any], repeats: int, clock: Callable[[], float] = process_time) -> float:
    """Time an action several times and take the shortest, for noise only adds.

    Args:
        action: what is timed.
        repeats: how often.
        clock: returns seconds; processor time unless the action waits for others.

    Returns:
        Seconds.
    """
    times = []
    for _ in range(repeats):
        start = clock()
        action()
        times.append(clock() - start)
    return min(times)


@contextlib.contextmanager
def printing_to_nowhere() -> Any:
    """Let everything printed go to a file that keeps nothing: the work of printing stays."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def report(**measurements: float) -> None:
    """Hand the measurements to the runner.

    Args:
        **measurements: values by their keys in ``benchmarks/metrics.py``.
    """
    print("BENCH " + json.dumps(measurements), flush=True)
