"""Imports point one way, and the bare import stays small."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "autogen_classic"

# A room may import its own level and those before it.
LEVELS = (
    # the engine, and helpers that stand at the root
    (
        "_core",
        "_pydantic",
        "_secrets",
        "_token_tables",
        "errors",
        "events",
        "exception_utils",
        "formatting_utils",
        "function_utils",
        "graph_utils",
        "math_utils",
        "token_count_utils",
        "types",
        "version",
    ),
    # what meets the world outside; the old helpers of code_utils ask a model, so they belong here
    (
        "_code",
        "browser_utils",
        "cache",
        "code_utils",
        "coding",
        "extensions",
        "io",
        "llm_config",
        "logger",
        "oai",
        "replay",
        "retrieve_utils",
        "runtime_logging",
    ),
    ("agentchat",),
    ("agentchat.contrib", "cli", "compat", "testing", "__init__", "__main__"),
)
LEVEL_OF = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

HEAVY = ("openai", "docker", "tiktoken", "numpy", "diskcache", "pydantic", "httpx", "IPython", "networkx", "matplotlib")


def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    found = {}
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()


def imports_of(name: str, *, inside_functions: bool) -> set[str]:
    """The modules of this package that a module imports when it runs (not those for type checkers only)."""
    file = MODULES[name]
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in import_statements(ast.parse(file.read_text(encoding="utf-8")), inside_functions):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
            continue
        base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        for alias in node.names:
            submodule = f"{source}.{alias.name}"
            found.add(submodule if submodule in MODULES else source)
    return found & MODULES.keys() - {name}


def import_statements(tree: ast.AST, inside_functions: bool) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for otherwise in node.orelse:
                yield from import_statements(otherwise, inside_functions)
        elif inside_functions or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from import_statements(node, inside_functions)


def room_of(name: str) -> str:
    parts = name.split(".")[1:]
    if not parts:
        return "__init__"
    return "agentchat.contrib" if parts[:2] == ["agentchat", "contrib"] else parts[0]


def test_every_room_has_a_level():
    assert {room_of(name) for name in MODULES} - LEVEL_OF.keys() == set()


def test_no_import_points_against_the_stream():
    against = [
        f"{name} imports {target}"
        for name in MODULES
        for target in imports_of(name, inside_functions=True)
        if LEVEL_OF[room_of(target)] > LEVEL_OF[room_of(name)]
    ]
    assert against == []


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: imports_of(name, inside_functions=False) for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail("a circle of imports: " + " -> ".join(error.args[1]))


def test_no_logger_is_named_after_the_new_package():
    # Old programs silence loggers by their names in 0.2, such as "autogen.oai.client".
    offenders = [
        name
        for name, file in MODULES.items()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("getLogger")
        and not (
            node.args and isinstance(node.args[0], ast.Constant) and str(node.args[0].value).startswith("autogen.")
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


@pytest.mark.parametrize(
    "statement",
    ["import autogen_classic", "from autogen_classic import AssistantAgent", "import autogen_classic.compat"],
)
def test_importing_loads_nothing_heavy(statement):
    assert [name for name in loaded_by(statement) if name.partition(".")[0] in HEAVY] == []


@pytest.mark.parametrize("statement", ["import autogen_classic", "from autogen_classic import AssistantAgent"])
def test_importing_loads_fewer_than_sixty_modules_beyond_the_standard_library(statement):
    beyond = [name for name in loaded_by(statement) if name.partition(".")[0] not in sys.stdlib_module_names]
    assert len(beyond) < 60


def test_the_bare_import_loads_the_package_and_its_lazy_table_only():
    beyond = [
        name for name in loaded_by("import autogen_classic") if name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert beyond == ["autogen_classic", "autogen_classic._core", "autogen_classic._core.lazy"]


def test_what_the_agent_import_may_load_from_other_packages():
    others = {name.partition(".")[0] for name in loaded_by("from autogen_classic import AssistantAgent")}
    assert others - sys.stdlib_module_names - {"autogen_classic"} <= {"termcolor", "typing_extensions"}
