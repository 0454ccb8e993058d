"""The rules of the house: sizes, doors and rooms, lazy names, twins, and what the architecture pages promise.

Who breaks a rule for a good reason puts the place on the list beside it, with the reason. A list holds nothing idle.
"""

from __future__ import annotations

import ast
import json
import re
import runpy
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

import pytest
from package_facts import MODULES, PACKAGE, ROOT, FunctionNode, imports_of, is_for_type_checkers, package_of, tree_of

TESTS = ROOT / "test"
DOCS = ROOT / "website" / "docs"

# --- places of tests -------------------------------------------------------------------------------------------------


def test_every_test_file_has_a_place_and_every_place_a_file() -> None:
    settings = runpy.run_path(str(TESTS / "conftest.py"))
    files = [file.relative_to(TESTS).as_posix() for file in TESTS.rglob("test_*.py")]
    assert [file for file in files if settings["place_of"](file) is None] == []
    assert [path for path in settings["PLACES"] if not (TESTS / path).exists()] == []
    assert set(settings["PLACES"].values()) == set(settings["MARKS"])


# --- sizes -----------------------------------------------------------------------------------------------------------

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
LONG_FILES = {
    "_core/events.py": "the whole vocabulary of events in one place",
    "agentchat/contrib/retrieve_user_proxy_agent.py": "the options of 0.2 and their documentation",
    "agentchat/conversable_agent.py": "half of it is the documentation of the public methods of 0.2",
    "agentchat/groupchat.py": "the fields and methods of 0.2 with their documentation; the work is in _groupchat",
    "events/agent_events.py": "AG2's vocabulary of events in one place, half of it documentation",
    "cache/_store.py": "the one cache on disk, with what the package diskcache must not do for it",
    "errors.py": "the whole error tree in one place",
    "function_utils.py": "every way to describe a type to a model, most of it documentation",
    "oai/_specs.py": "every fact about every provider in one place",
}
LONG_FUNCTIONS = {
    "agentchat.contrib.captainagent.captainagent.CaptainAgent.__init__": "the parameters of AG2, documented",
    "agentchat.contrib.qdrant_retrieve_user_proxy_agent.create_qdrant_from_dir": "the parameters of 0.2, documented",
    "_core.drive.drive_to_last_call": "one loop over requests; parts of it would hand on all of its state",
    "_core.drive.walk": "one loop over requests; parts of it would hand on all of its state",
    "agentchat.conversable_agent.ConversableAgent.__init__": "the parameters of 0.2 and their documentation",
    "agentchat._run_methods.RunMethods.run": "the parameters of AG2 and their documentation",
    "replay._run.replay": "half of it is documentation",
}


def lines_of(node: FunctionNode) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def functions() -> Iterator[tuple[str, FunctionNode]]:
    for module in MODULES:
        for scope in ast.walk(tree_of(module)):
            place = f"{module.partition('.')[2]}." + (f"{scope.name}." if isinstance(scope, ast.ClassDef) else "")
            for node in ast.iter_child_nodes(scope):
                if isinstance(node, FunctionNode):
                    yield place + node.name, node


def test_no_file_is_longer_than_400_lines_without_a_reason() -> None:
    long = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if len(file.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    }
    assert long == set(LONG_FILES)


def test_no_function_is_longer_than_60_lines_without_a_reason() -> None:
    assert {name for name, node in functions() if lines_of(node) > LONGEST_FUNCTION} == set(LONG_FUNCTIONS)


# --- doors and rooms -------------------------------------------------------------------------------------------------

# What is private to programs, but there for every room.
FOR_EVERY_ROOM = ("oai._specs",)

# Other imports of a private module from outside the package that it belongs to.
REACHING_IN = {
    **{
        f"agents.experimental.document_agent.{module} -> agentchat.contrib.{target}": "documents are kept in one way"
        for module, target in (
            ("_team", "_retrieval.ask"),
            ("chroma_query_engine", "_retrieval.embed"),
            ("chroma_query_engine", "rag._collection"),
            ("chroma_query_engine", "rag._reader"),
            ("docling_doc_ingest_agent", "_settings"),
            ("document_agent", "_settings"),
            ("document_utils", "_retrieval.files"),
            ("document_utils", "_retrieval.parse"),
            ("inmemory_query_engine", "_retrieval.parse"),
            ("inmemory_query_engine", "_settings"),
            ("parser_utils", "_retrieval.parse"),
            ("url_utils", "_retrieval.parse"),
        )
    },
    "agents.experimental.document_agent.document_agent -> agentchat._accounts": "its models are paid for by the agent",
    "agents.experimental.document_agent.document_agent -> agentchat.group._running": "the inner group is part of it",
    "agents.experimental.reasoning._minds -> agentchat._accounts": "its helpers are paid for by the agent that asks",
    "tools.experimental.apply_patch.apply_patch_tool -> agentchat.contrib._settings": "settings are checked in one way",
    "agents.experimental.reasoning._plan -> agentchat.contrib._settings": "settings are checked in one way",
    "agents.experimental.deep_research.deep_research -> tools.experimental._web_tools": "the web tools have one table",
    "agents.experimental.websurfer.websurfer -> tools.experimental._web_tools": "the web tools have one table",
    "agentchat -> io._progress": "chats are watched from the start, as they are printed",
    "agentchat._tool_registration -> agentchat.group._dict_variables": "what only functions with variables need",
    "agentchat.contrib._swarm.pattern -> agentchat.group._transitions": "a swarm is a group that begins otherwise",
    "agentchat.contrib.swarm_agent -> agentchat.group._running": "a swarm is a group with other names",
    "agentchat.contrib.swarm_agent -> agentchat.group._runs": "a run of a swarm is that of a group",
    "_legacy.completion -> oai._request.templates": "templates of 0.1 are filled as those of 0.2 are",
    "cache._import.run -> oai._request.answer_cache": "old answers are checked as new ones are",
    "cli.cache -> cache._import.run": "the command shows and imports what the cache has written",
    "cli.cache -> cache._store": "the command shows and imports what the cache has written",
    "cli._log_sources -> replay._file": "the command reads what the recording has written",
    "oai._request.state -> llm_config._checks": "a wrapper takes turns as the configuration says",
    "cli.config -> llm_config._checks": "the command checks what the configuration checks",
    "agentchat.group._running -> agentchat.group.safeguards._rules": "the type of an argument",
    "agentchat.group.multi_agent_chat -> agentchat.group.safeguards._rules": "the type of an argument",
    "agentchat._group_member -> agentchat.group._guarding": "an agent is guarded from its first guardrail on",
    "agentchat._group_member -> agentchat.group._tool_results": "a result of a tool comes back from a recording",
    "agentchat.conversable_agent -> oai._config_files": "an agent says why its list of configurations is empty",
    "cli.config -> oai._config_files": "the command names entries whose key is a placeholder",
    "cli.local -> oai._local.engine": "the command installs what the local model needs",
    "oai._request.answer_cache -> cache._store": "answers are written as the cache writes JSON",
    "replay._answers -> oai._http.packages": "a recording knows whose errors it may bring back",
    "runtime_logging -> logger._from_events": "the door of 0.2 to the room behind it",
    "replay._model_request -> oai._request.answer_cache": "a recording stands between an attempt and its model",
    "replay._model_request -> oai._request.attempts": "a recording stands between an attempt and its model",
    "replay._model_request -> oai._request.completions": "one reading of an answer's texts",
    "replay._shown -> oai._request.streamed_text": "a recording shows a streamed text as the client does",
    "agentchat._saved_state -> state._snapshot": "one agent is loaded as several are",
    "agentchat._groupchat.resume -> state._snapshot": "a group is loaded with the agent that leads it",
    "state -> replay._journal": "a journal is a recording that is written and read at once",
    "state._snapshot -> replay._values": "a state has no keys in it, as a recording has none",
    "tools.experimental._accounts -> agentchat._accounts": "models of tools are paid for by the agent that asks",
    "tools.experimental.browser_use.browser_use -> browser_utils._chromium": "one Chromium, and one fence around it",
    "tools.experimental.crawl4ai._chromium -> browser_utils._chromium": "one Chromium, and one fence around it",
    "tools.experimental.quick_research.quick_research -> agentchat.contrib._retrieval.pages": "one way to read pages",
    "tools.experimental.reliable.reliable -> agentchat._accounts": "its models are paid for by the agent that asks",
    "testing.scripted_client -> oai._http.packages": "an error is made as the openai package makes it",
    **{
        f"retrieve_utils -> agentchat.contrib._retrieval.{module}": "a door of 0.2 to the room"
        for module in ("chroma", "chunk", "documents", "embed", "files", "pages")
    },
    "testing.scripted_client -> oai._request.completions": "one reading of an answer's texts",
    **{
        f"events.agent_events -> agentchat.{module}": "an event prints itself as the terminal shows a chat"
        for module in ("_first_message", "_groupchat.texts", "_literals", "_printer")
    },
    "events._translation -> agentchat._groupchat.texts": "notices are known by their texts",
    "events._translation -> agentchat._literals": "notices are known by their texts",
    "io.base -> events._translation": "a stream that takes events gets AG2's",
}

# Paths without an underscore which are neither of 0.2 nor of AG2. A package stands for what is in it.
OWN_NAMES = (
    "a2a.agent_executor",  # paths of AG2, whose packages were missing when its names were listed
    "a2a.client",
    "a2a.client_factory",
    "a2a.errors",
    "a2a.server",
    "ag_ui",
    "ag_ui.adapter",
    "agentchat.group.events",  # a path of AG2
    "agentchat.contrib.captainagent.tools",
    "agentchat.contrib.graph_rag.ladybug_graph_query_engine",
    "agentchat.contrib.graph_rag.networkx_graph_query_engine",
    "agentchat.contrib.reasoning_agent",
    "agentchat.contrib.swarm_agent",
    "agentchat.realtime",
    "agentchat.realtime_agent",
    "agentchat.remote.caller",
    "agentchat.remote.makers",
    "agentchat.remote.stand_in",
    "interop.crewai",
    "interop.crewai.crewai",
    "cli",
    "coding.azure_container_apps",
    "coding.limits",
    "compat",
    "errors",
    "fast_depends",
    "llm_clients",
    "llm_config.entries",
    "mcp.helpers",
    "mcp.mcp_client",
    "mcp.mcp_proxy",
    "oai.deepseek",
    "oai.local",
    "oai.prices",
    "oai.providers",
    "replay",
    "serving",
    "state",
    "testing",
    "tracing",
)


def owner_of(module: str) -> str | None:
    """The package that a private module belongs to, or None if the module is public."""
    parts = module.split(".")
    private = [place for place, part in enumerate(parts) if part.startswith("_")]
    return ".".join(parts[: private[-1]]) if private else None


def test_no_room_reaches_into_another_without_a_reason() -> None:
    found = set()
    for name in MODULES:
        for target in imports_of(name):
            owner = owner_of(target)
            if target.partition(".")[2] in FOR_EVERY_ROOM:
                continue
            if owner is not None and not f"{name}.".startswith(f"{owner}."):
                found.add(f"{name.partition('.')[2]} -> {target.partition('.')[2]}")
    assert found == set(REACHING_IN)


def test_a_module_without_an_underscore_is_a_name_of_0_2_or_ag2_or_listed_as_our_own() -> None:
    known = set(OWN_NAMES)
    for manifest in (TESTS / "compat" / "names").glob("*_api.json"):
        known.update(name.partition(".")[2] for name in json.loads(manifest.read_text(encoding="utf-8"))["modules"])
    public = [name.partition(".")[2] for name in MODULES if owner_of(name) is None and "__main__" not in name]
    is_own = tuple(f"{name}." for name in OWN_NAMES)
    assert [name for name in public if name not in known and not name.startswith(is_own)] == []
    assert [name for name in OWN_NAMES if name not in public] == []


# --- lazy names ------------------------------------------------------------------------------------------------------

NOT_SHOWN = {
    "autogen_classic": {"load_ipython_extension", "unload_ipython_extension"},  # IPython asks for them
    "autogen_classic.code_utils": {"subprocess"},  # programs patch it there
    "autogen_classic.oai": {"AbstractCache"},  # can be imported in 0.2, but is not part of its __all__
}
OTHER_LOADERS = {
    "oai.client": "names of the openai package, and facts about it, that 0.2 shows",
    "coding.local_commandline_code_executor": "old names that warn",
}


def assigned(module: str, name: str) -> ast.expr | None:
    """What a module assigns to a name at its top, or None."""
    for node in tree_of(module).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return node.value
    return None


def shown_to_type_checkers(module: str) -> dict[str, str]:
    """The names that a module imports under TYPE_CHECKING, with where from."""
    return {
        alias.asname or alias.name: resolve_name("." * node.level + (node.module or ""), package_of(module))
        for block in tree_of(module).body
        if is_for_type_checkers(block)
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


# By their text: each worker of the suite loads this file, and need not parse the whole package for it.
LAZY = [name for name, file in MODULES.items() if re.search(r"^_HOMES = ", file.read_text(encoding="utf-8"), re.M)]


@pytest.mark.parametrize("module", LAZY)
def test_a_lazy_package_tells_loader_type_checkers_and_readers_the_same(module: str) -> None:
    homes = ast.literal_eval(assigned(module, "_HOMES") or ast.Dict())
    shown = ast.literal_eval(assigned(module, "__all__") or ast.Tuple())
    hidden = NOT_SHOWN.get(module, set())
    checked = {name: home for name, home in shown_to_type_checkers(module).items() if name in shown}
    assert {name: home for name, home in checked.items() if home != module} == {
        name: resolve_name(home, module) for name, home in homes.items() if name not in hidden
    }
    assert hidden <= set(homes)
    loaded = {
        alias.asname or alias.name
        for node in tree_of(module).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    defined = {node.name for node in tree_of(module).body if isinstance(node, ast.ClassDef | FunctionNode)}
    defined |= {ast.unparse(node.targets[0]) for node in tree_of(module).body if isinstance(node, ast.Assign)}
    assert set(shown) == set(checked) | (set(shown) & (loaded | defined))
    assert len(shown) == len(set(shown))


def test_every_module_getattr_asks_the_one_loader() -> None:
    found = set()
    for module in MODULES:
        for top in tree_of(module).body:
            for node in [top, *(top.body if isinstance(top, ast.If) else [])]:
                if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
                    text = ast.unparse(node.body[-1])
                    if len(node.body) > 1 or not text.startswith("return load(__name__, name, "):
                        found.add(module.partition(".")[2])
    assert found == set(OTHER_LOADERS)


# --- twins -----------------------------------------------------------------------------------------------------------

OTHER_PARAMETERS = {
    "oai._openai_client.OpenAIClient._a_ask": "the SDK's asynchronous client is another one in each event loop",
    "oai.openai_responses.OpenAIResponsesClient._a_ask": "the SDK's asynchronous client, as above",
    "oai.rate_limiters.TimeRateLimiter.a_sleep": "sleep of 0.2 takes whatever it is given",
}
NO_TWIN = {
    "agentchat._groupchat.contract.Group.a_auto_select_speaker": "0.2 has the other one under a private name",
    "agentchat.groupchat.GroupChat.a_auto_select_speaker": "0.2 has the other one under a private name",
    "agentchat.contrib.multimodal_conversable_agent.MultimodalConversableAgent.a_receive": "the other one is inherited",
    "cli.examples.tool_chat.a_sum": "an asynchronous tool of the example",
    "oai.client._a_create_steps": "the steps of the other are those of an attempt, in `_request`",
    "oai.local.LocalClient.a_create": "the other one is inherited",
}


def parameters_of(node: FunctionNode) -> list[tuple[str, str]]:
    """The parameters with their defaults; their types may differ."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    required = [None] * (len(positional) - len(given.defaults))
    defaults = [*required, *given.defaults, *given.kw_defaults]
    named = zip([*positional, *given.kwonlyargs], defaults, strict=True)
    rest = [(stars + one.arg, "") for stars, one in (("*", given.vararg), ("**", given.kwarg)) if one]
    return [(one.arg, ast.unparse(default) if default else "") for one, default in named] + rest


def twins() -> Iterator[tuple[str, FunctionNode, FunctionNode | None]]:
    """Each function whose name begins with ``a_`` or ``_a_``, and the one without that stands beside it."""
    for module in MODULES:
        for scope in ast.walk(tree_of(module)):
            if isinstance(scope, ast.Module | ast.ClassDef):
                beside = {node.name: node for node in scope.body if isinstance(node, FunctionNode)}
                path = f"{module.partition('.')[2]}." + (f"{scope.name}." if isinstance(scope, ast.ClassDef) else "")
                for name, node in beside.items():
                    if name.startswith(("a_", "_a_")):
                        yield path + name, node, beside.get(name.replace("a_", "", 1))


def test_every_asynchronous_twin_has_the_parameters_and_defaults_of_the_other() -> None:
    pairs = list(twins())
    assert len(pairs) > 20
    assert {name for name, _, other in pairs if other is None} == set(NO_TWIN)
    assert {name for name, one, other in pairs if other and parameters_of(one) != parameters_of(other)} == set(
        OTHER_PARAMETERS
    )


# --- what the pages promise ------------------------------------------------------------------------------------------

# `test/a/file.py`, or `test/a/file.py::a_test` with the beginning of its name.
NAMED_TEST = re.compile(r"`(test/[\w/.]+?)(?:::(\w+))?`")
PROMISE = re.compile(r"\b(a|the|one) (test|suite)\b|\btests\b", re.IGNORECASE)


def paragraphs(page: Path) -> list[str]:
    return re.split(r"\n\s*\n|\n(?=- )", page.read_text(encoding="utf-8"))


def test_an_architecture_page_that_speaks_of_a_test_names_it() -> None:
    promises = [
        (page.name, text)
        for page in sorted((DOCS / "architecture").glob("*.md"))
        for text in paragraphs(page)
        if PROMISE.search(text)
    ]
    assert promises
    assert [promise for promise in promises if not NAMED_TEST.search(promise[1])] == []


def test_every_test_that_a_page_names_exists() -> None:
    missing = []
    for page in DOCS.rglob("*.md"):
        for path, test in NAMED_TEST.findall(page.read_text(encoding="utf-8")):
            place = ROOT / path
            if not place.exists() or (test and f"def {test}" not in place.read_text(encoding="utf-8")):
                missing.append(f"{page.name}: {path}::{test}")
    assert missing == []
