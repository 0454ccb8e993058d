"""Imports point one way, and the bare import stays small."""

from __future__ import annotations

import ast
import functools
import json
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import pytest
from package_facts import MODULES, ROOT, imports_of, tree_of

# A room may import its own level and those before it: that of the longest name here that fits a module.
LEVELS = (
    # the ground floor
    (
        "_argument_checks",
        "_json",
        "_packages",
        "_pydantic",
        "_secrets",
        "_token_tables",
        "_warn",
        "_web",
        "_words",
        "errors",
        "exception_utils",
        "formatting_utils",
        "function_utils",
        "_modules",
        "import_utils",
        "json_utils",
        "token_count_utils",
        "types",
        "version",
    ),
    ("_core", "_pictures", "events", "graph_utils"),
    # what meets the world outside, but no model
    (
        "_code",
        "_legacy.old_keys",
        "browser_utils",
        "cache",
        "io",
        "llm_config",
        "logger",
        "oai._specs",
        "oai.prices",
        "oai.providers",
        "runtime_logging",
        "tracing",
    ),
    ("oai",),
    ("_legacy", "coding", "replay", "state"),
    ("code_utils", "math_utils", "oai.completion"),
    ("fast_depends", "tools"),
    (
        "agentchat",
        # AG2's events and runs
        "events._translation",
        "events.agent_events",
        "events.base_event",
        "events.client_events",
        "events.helpers",
        "events.print_event",
        "io._run_parts",
        "io._stepped_runs",
        "io.processors",
        "io.run_response",
        "io.step_controller",
        "io.thread_io_stream",
        "messages",
    ),
    (
        "agentchat.contrib",
        "agentchat.group",
        "agentchat.realtime",
        "agentchat.realtime_agent",
        "agentchat.remote",
        "a2a",
        "ag_ui",
        "agents",
        "environments",
        "extensions",
        "interop",
        "llm_clients",
        "mcp",
        "opentelemetry",
        "retrieve_utils",
        "teams",
        "tools.contrib",
        "tools.experimental",
    ),
    ("__init__", "__main__", "cli", "compat", "replay.notebooks", "serving", "testing"),
)
LEVEL_OF = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

# Each of these is an import against the stream or one that closes a circle, with the reason why it stands.
EXCEPTIONS = {
    "agentchat -> agentchat.contrib": "a door shows what stands behind it",
    "agentchat -> agentchat.contrib.swarm_agent": "a door shows what stands behind it",
    "agentchat -> agentchat.group": "a door shows what stands behind it",
    "agentchat -> agentchat.group.context_variables": "a door shows what stands behind it",
    "agentchat -> agentchat.group.multi_agent_chat": "a door shows what stands behind it",
    "agentchat -> agentchat.group.reply_result": "a door shows what stands behind it",
    "agentchat._group_member -> agentchat.group.context_variables": "an agent makes them at first use",
    "agentchat._group_member -> agentchat.group._guarding": "an agent is guarded from its first guardrail on",
    "agentchat._group_member -> agentchat.group._tool_results": "a result of a tool comes back from a recording",
    "agentchat._group_member -> agentchat.group.guardrails": "the type of an argument",
    "agentchat._group_member -> agentchat.group.handoffs": "an agent makes them at first use",
    "agentchat._group_member -> agentchat.group.on_condition": "the type of an argument",
    "agentchat._group_member -> agentchat.group.on_context_condition": "the type of an argument",
    "agentchat._tool_registration -> agentchat.group._dict_variables": "what only functions with variables need",
    "agentchat.conversable_agent -> agentchat.group.context_variables": "the type of an argument",
    "agentchat.conversable_agent -> agentchat.group.handoffs": "the type of an argument",
    "agentchat.realtime.experimental.realtime_agent -> agentchat.realtime.experimental.realtime_swarm": (
        "a method of the first releases, which loads the swarm when it is called"
    ),
    "agentchat.realtime.experimental.realtime_observer -> agentchat.realtime.experimental.realtime_agent": (
        "the type of an argument"
    ),
    "cache._import.run -> oai._request.answer_cache": "old answers are read as the model's answers that they are",
    "coding.remyx_code_executor -> agentchat.conversable_agent": "its agents for exploring are made when asked for",
    "errors -> _code.docker.engine": "shows an error whose base belongs to an optional package",
    "errors -> _core.lazy": "a table of lazy names, as every door has one",
    "errors -> _web.errors": "shows an error whose base belongs to another package",
    "errors -> coding.docker_commandline_code_executor": "shows an error whose base belongs to an optional package",
    "errors -> oai.cohere": "shows an error whose base belongs to an optional package",
    "events -> events.base_event": "a door shows what stands behind it",
    "events -> events.helpers": "a door shows what stands behind it",
    "events._translation -> agentchat.group.events.transition_events": "makes AG2's events of handoffs",
    "events._translation -> agentchat.group.safeguards.events": "makes AG2's events of handoffs",
    "io.base -> events._translation": "loads what makes AG2's events when a stream takes them",
    "llm_config.client -> oai.client": "a path of AG2 for what lives in oai",
    "llm_config.config -> oai.openai_utils": "where a configuration is read from a file or filtered",
    "llm_config.utils -> oai.openai_utils": "a path of AG2 for what lives in oai",
    "oai -> oai.completion": "a door shows what stands behind it",
    "oai._request.attempts -> oai.client": "the type of what it works for",
    "oai.providers -> oai._openai_package": "the registry loads what a provider needs when a configuration names it",
    "replay._model_request -> replay._tape": "the type of what it works for",
    "token_count_utils -> _core.lazy": "a table of lazy names, as every door has one",
    "token_count_utils -> agentchat.contrib.img_utils": "a door shows what stands behind it",
}

HEAVY = (
    "asyncio",
    "subprocess",
    "tempfile",
    "openai",
    "docker",
    "tiktoken",
    "numpy",
    "diskcache",
    "pydantic",
    "httpx",
    "IPython",
    "networkx",
    "matplotlib",
    "PIL",
)


def room_of(name: str) -> str | None:
    """The room that says on which level a module stands."""
    parts = name.split(".")[1:] or ["__init__"]
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((one for one in names if one in LEVEL_OF), None)


def level_of(name: str) -> int:
    return LEVEL_OF[room_of(name) or "__main__"]


def first_circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of modules, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@functools.cache
def arrows() -> frozenset[tuple[str, str]]:
    """Every import of one module of the package in another: inside functions and for type checkers, too."""
    short = {name: name.partition(".")[2] or "__init__" for name in MODULES}
    return frozenset((short[name], short[target]) for name in MODULES for target in imports_of(name))


def allowed() -> set[tuple[str, str]]:
    return {(name, target) for arrow in EXCEPTIONS for name, _, target in [arrow.partition(" -> ")]}


def against_the_stream() -> set[tuple[str, str]]:
    full = "autogen_classic.{}".format
    return {(name, target) for name, target in arrows() if level_of(full(target)) > level_of(full(name))}


def graph_of(kept: set[tuple[str, str]] | frozenset[tuple[str, str]]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for name, target in kept:
        graph.setdefault(name, set()).add(target)
    return graph


def test_every_room_has_a_level():
    assert [name for name in MODULES if room_of(name) is None] == []


def test_no_import_points_against_the_stream():
    assert sorted(f"{name} -> {target}" for name, target in against_the_stream() - allowed()) == []


def test_no_modules_import_each_other_in_a_circle():
    circle = first_circle(graph_of(arrows() - allowed()))
    assert not circle, "a circle of imports: " + " -> ".join(circle)


def test_every_exception_is_still_needed():
    def is_needed(arrow: tuple[str, str]) -> bool:
        if arrow not in arrows():
            return False
        return arrow in against_the_stream() or bool(first_circle(graph_of(arrows() - allowed() | {arrow})))

    idle = sorted(f"{name} -> {target}" for name, target in allowed() if not is_needed((name, target)))
    assert idle == [], "take these off the list of exceptions"


def test_no_logger_is_named_after_the_new_package():
    # Old programs silence loggers by their names in 0.2, such as "autogen.oai.client".
    offenders = [
        name
        for name in MODULES
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("getLogger")
        and not (
            node.args
            and isinstance(node.args[0], ast.Constant)
            and f"{node.args[0].value}.".startswith(
                ("ag2.", "autogen.", "httpx", "opentelemetry.", "pypdf")
            )  # watched, silenced
        )
    ]
    assert offenders == []


def loaded_by(statement: str) -> list[str]:
    """The modules that a statement loads into a fresh interpreter."""
    program = (
        "import sys, json; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


AGENT_WITH_A_MODEL = (
    "from autogen_classic import AssistantAgent; "
    'AssistantAgent("assistant", llm_config={"config_list": [{"model": "m", "api_key": "sk-mock"}]})'
)


@pytest.mark.parametrize(
    "statement",
    [
        "import autogen_classic",
        "from autogen_classic import AssistantAgent",
        "import autogen_classic.compat",
        AGENT_WITH_A_MODEL,
    ],
)
def test_importing_loads_nothing_heavy(statement):
    assert [name for name in loaded_by(statement) if name.partition(".")[0] in HEAVY] == []


@pytest.mark.parametrize("statement", ["import autogen_classic", "from autogen_classic import AssistantAgent"])
def test_importing_loads_few_modules_beyond_the_standard_library(statement):
    beyond = [name for name in loaded_by(statement) if name.partition(".")[0] not in sys.stdlib_module_names]
    assert len(beyond) <= 50


def test_the_bare_import_loads_the_package_and_its_lazy_table_only():
    beyond = [
        name for name in loaded_by("import autogen_classic") if name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert beyond == ["autogen_classic", "autogen_classic._core", "autogen_classic._core.lazy"]


def test_what_the_agent_import_may_load_from_other_packages():
    others = {name.partition(".")[0] for name in loaded_by("from autogen_classic import AssistantAgent")}
    assert others - sys.stdlib_module_names - {"autogen_classic"} <= {"termcolor", "typing_extensions"}
