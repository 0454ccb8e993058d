"""Runs scenarios, each in a process and a temporary folder of its own, and writes their records as JSON lines.

    python runner.py [--ours] [--ag2 | --swarm] OUTPUT NAME:MODE ...
    python runner.py [--ours] [--ag2 | --swarm] --serve  # reads a NAME:MODE a line, answers each with a line of JSON

With `--ours`, `import autogen` is served by autogen_classic; without it, by whatever `autogen` is installed.
With `--ag2`, the scenarios are those for AG2 0.14.1; with `--swarm`, those for the swarms of AG2 0.7.6.
Where `os.fork` exists the libraries are imported once and every scenario starts from a fork.
"""

from __future__ import annotations

import gc
import importlib.util
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any

HARNESS = Path(__file__).resolve().parent
VERSIONS = {"v02": "0.2.40", "ag2": "0.14.1", "swarm": "0.7.6"}
FAMILY = next((name for name in VERSIONS if f"--{name}" in sys.argv), "v02")
SCENARIOS = HARNESS.parent / ("scenarios" if FAMILY == "v02" else f"{FAMILY}/scenarios")
VERSION = VERSIONS[FAMILY]
SECONDS_PER_SCENARIO = 60
USED_BY_MOST_SCENARIOS = (
    "autogen.agentchat.assistant_agent",
    "autogen.agentchat.groupchat",
    "autogen.oai.client",
    "autogen.code_utils",
    "openai.resources.chat.completions",
    "encodings.idna",
    "sqlite3",
    "scenario",
    "model_server",
    "normalise",
)
OF_OURS_USED_BY_MOST_SCENARIOS = (
    "autogen.agentchat.contrib.swarm_agent",
    "autogen.agentchat.group.group_tool_executor",
    "autogen.agentchat.group.handoffs",
    "autogen.agentchat.group.multi_agent_chat",
    "autogen.agentchat.group.patterns",
    "autogen.events",
    "autogen.io.run_response",
    "autogen.tools.dependency_injection",
    "autogen_classic.logger.logger_factory",
    "autogen_classic.oai._openai_package",
    "autogen_classic.oai._provider_client",
    "autogen_classic.oai._request.reading",
)

sys.path.insert(0, str(HARNESS))


class LogCollector(logging.Handler):
    """Collects what the library says to its loggers, away from the transcript."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[list[str]] = []

    def emit(self, entry: logging.LogRecord) -> None:
        if entry.name.split(".")[0] in ("autogen", "autogen_classic"):
            self.lines.append([entry.name, entry.levelname, entry.getMessage()])


def load_scenario(name: str) -> Any:
    """Import a scenario script from its file."""
    spec = importlib.util.spec_from_file_location(f"scenario_{name}", SCENARIOS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def leaks(value: Any, masks: Any) -> bool:
    """Whether any text in a record still holds a long text of the library."""
    if isinstance(value, str):
        return bool(masks.leaks(value))
    if isinstance(value, dict):
        return any(leaks(item, masks) for item in value.values())
    return isinstance(value, list) and any(leaks(item, masks) for item in value)


def own_trace(error: Exception) -> str:
    """Where a scenario failed: its own lines and the error, never a line of the library under test."""
    places = [
        f"{frame.name}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent == SCENARIOS
    ]
    return f"{' > '.join(places)}: {type(error).__name__}: {error}"


def prepare(ours: bool) -> None:
    """Make `import autogen` work, and import what every scenario needs."""
    for key in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "OAI_CONFIG_LIST", "OPENAI_BASE_URL", "NO_COLOR"):
        os.environ.pop(key, None)
    if ours:
        from autogen_classic.compat import install_as_autogen

        install_as_autogen()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import autogen
        import openai

        for module in (*USED_BY_MOST_SCENARIOS, *(OF_OURS_USED_BY_MOST_SCENARIOS if ours else ())):
            importlib.import_module(module)
    assert autogen.__version__ == VERSION or ours, autogen.__version__
    with openai.OpenAI(api_key="sk-test") as client:
        assert client.chat.completions  # loads what is needed to connect
    if ours:
        from autogen_classic._web.certificates import trusted_authorities

        trusted_authorities()  # reads what every connection needs
    gc.freeze()  # else each forked process copies what it inherits as soon as it looks for garbage


def run_here(name: str, mode: str, folder: str) -> dict:
    """Run one scenario in this process, which must not be used for anything else afterwards."""
    import scenario
    from model_server import ModelServer
    from normalise import Masks, clean, plain, without_differences_of_swarms, without_prompts, without_wide_differences

    masks = scenario.State.masks = Masks()
    logs = LogCollector()
    logging.getLogger().addHandler(logs)
    server = scenario.State.server = ModelServer()
    scenario.State.mode = mode
    scenario.person()
    printed, real_stdout, real_stderr = io.StringIO(), sys.stdout, sys.stderr
    raised, trace = None, None
    os.chdir(folder)
    sys.stdout, sys.stderr = printed, io.StringIO()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            load_scenario(name).main(mode)
        except Exception as error:
            raised, trace = plain(error), own_trace(error)
        finally:
            stderr, sys.stdout, sys.stderr = sys.stderr.getvalue(), real_stdout, real_stderr
    server.close()
    record = {
        "printed": printed.getvalue(),
        "histories": scenario.State.histories,
        "requests": without_prompts(server.requests, scenario.State.own_texts, scenario.State.undescribed),
        "person": scenario.State.person,
        "notes": scenario.State.notes,
        "raised": raised,
        "logs": logs.lines,
        "warnings": [[entry.category.__name__, str(entry.message)] for entry in warned],
    }
    record = clean(record, masks, os.path.realpath(folder), server.port)
    if FAMILY != "v02":
        record = without_wide_differences(record)
    if FAMILY == "swarm":
        record = without_differences_of_swarms(record)
    problems = [*server.problems, *(["a long text of the library is not masked"] if leaks(record, masks) else [])]
    record["printed"] = record["printed"].split("\n")
    return {"name": name, "mode": mode, "record": record, "problems": problems, "trace": trace, "stderr": stderr}


def run_to_file(name: str, mode: str, path: str) -> None:
    """Run one scenario and write its outcome, whatever happens, to a file."""
    if hasattr(signal, "alarm"):
        signal.alarm(SECONDS_PER_SCENARIO)
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_here(name, mode, os.path.realpath(folder))
        os.chdir(HARNESS)
    Path(path).write_text(json.dumps(outcome), encoding="utf-8")


def outcome_line(job: str, folder: str, ours: bool) -> str:
    """Run one job in a process of its own and return its outcome as a line of JSON."""
    name, mode = job.split(":")
    path = Path(folder) / f"{name}-{mode}.json"
    path.unlink(missing_ok=True)
    run_in_child(name, mode, str(path), ours)
    return path.read_text(encoding="utf-8") if path.exists() else json.dumps({"name": name, "mode": mode, "died": True})


def run_in_child(name: str, mode: str, path: str, ours: bool) -> None:
    """Run one scenario in a process of its own: a fork of this one, or where there is no fork, a new interpreter."""
    if not hasattr(os, "fork"):
        family = [f"--{FAMILY}"]
        command = [sys.executable, __file__, *family, *(["--ours"] if ours else []), "--single", path, f"{name}:{mode}"]
        subprocess.run(command, check=False)
        return
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        run_to_file(name, mode, path)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def serve(folder: str, ours: bool) -> None:
    """Run each job that comes in; what a scenario itself reads and writes goes elsewhere."""
    with os.fdopen(os.dup(0)) as jobs, os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        for job in jobs:
            print(outcome_line(job.strip(), folder, ours), file=answers, flush=True)


def main(arguments: list[str]) -> None:
    """See the module's docstring."""
    options = [argument for argument in arguments if argument.startswith("--")]
    words = [argument for argument in arguments if not argument.startswith("--")]
    ours = "--ours" in options
    prepare(ours)
    if "--single" in options:
        path, job = words
        run_to_file(*job.split(":"), path)
        return
    with tempfile.TemporaryDirectory() as folder:
        if "--serve" in options:
            serve(folder, ours)
            return
        output, *jobs = words
        with open(output, "w", encoding="utf-8") as lines:
            for job in jobs:
                lines.write(outcome_line(job, folder, ours) + "\n")
                lines.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
