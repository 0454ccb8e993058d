"""Settings for the whole suite, and on which Pythons each of its tests runs."""

from __future__ import annotations

import functools
import gc
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from autogen_classic._packages import keep_jsonschema_light
from autogen_classic._warn import forget_warnings
from autogen_classic.compat.alias import _finder as alias_finder

# The tests start hundreds of interpreters, xdist its workers: without bytecode each would compile the package afresh.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The local model's library sets this when the model is loaded; a test file that loads the library earlier would have
# its threads spin while they wait, beside the other workers on the same processors.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

keep_jsonschema_light()

# A shell starts what runs in the background deaf to Ctrl+C, and so are all its children; tests of Ctrl+C need it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A slow machine must not fail a property, and a failure in CI must be the same in the next run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

TESTS = Path(__file__).resolve().parent

# Each folder and file has a place, the longest path that fits counts. All tests run on one Python, and
# - "versions" also on the oldest and the newest: what they test depends on the version of Python;
# - "openai" also on each that comes with another major of the openai package, on which they depend as well;
# - "quick" like "versions", and in the quick loop: they need less than a second and no other program.
PLACES = {
    "a2a": "one",
    "ag_ui": "one",
    "agentchat": "quick",
    "agentchat/realtime": "versions",
    "agentchat/test_long_chats.py": "one",
    "agents": "versions",
    "agents/test_doc_agent.py": "one",
    "agents/test_documents_and_addresses.py": "one",
    "behaviours": "quick",
    "browser_utils": "one",
    "cache": "openai",
    "cache/test_cosmos.py": "one",
    "cache/test_redis.py": "one",
    "cli": "versions",
    "cli/chat": "one",
    "cli/classroom": "one",
    "cli/test_demo.py": "one",
    "cli/test_docker_clean.py": "one",
    "cli/test_new.py": "one",
    "cli/test_local_command.py": "one",
    "cli/test_view_in_chromium.py": "one",
    "coding": "one",
    "coding/test_coding_parts.py": "versions",
    "coding/test_local_commandline_code_executor.py": "versions",
    "compat": "versions",
    "compat/test_golden.py": "openai",
    "compat_alias": "versions",
    "contrib/assistant": "one",
    "contrib/agents": "one",
    "contrib/media": "one",
    "contrib/context": "versions",
    "contrib/context/test_replay_of_capabilities.py": "one",
    "contrib/context/test_teachability.py": "one",
    "contrib/retrieval": "one",
    "contrib/test_event_loops.py": "one",
    "contrib/test_missing_packages.py": "one",
    "contrib/web": "one",
    "core": "quick",
    "docs": "one",
    "environments": "versions",
    "environments/test_docker_environment.py": "one",
    "failures": "versions",
    "events": "quick",
    "interop": "one",
    "io": "quick",
    "io/test_many_conversations.py": "one",
    "io/test_progress.py": "one",
    "keys": "one",
    "legacy": "versions",
    "llm_clients": "openai",
    "llm_config": "quick",
    "logger": "versions",
    "mcp": "versions",
    "notebooks": "one",
    "oai": "openai",
    "oai/providers": "one",
    "oai/providers/test_chat_completions.py": "openai",
    "oai/providers/test_responses.py": "openai",
    "oai/test_local.py": "one",
    "oai/test_prices.py": "one",
    "oai/test_providers_page.py": "one",
    "oai/test_rooms.py": "one",
    "replay": "openai",
    "replay/test_notebooks.py": "one",
    "serving": "versions",
    "state": "versions",
    "state/test_killed.py": "one",
    "testing": "quick",
    "tools": "quick",
    "tools/files": "one",
    "tools/google": "one",
    "tools/messages": "one",
    "tools/search": "one",
    "tools/test_reliable.py": "one",
    "tools/web": "one",
    "tracing": "one",
    "web": "quick",
    "test_argument_checks.py": "quick",
    "test_code_utils.py": "versions",
    "test_counted_work.py": "one",
    "test_docstrings.py": "quick",
    "test_errors.py": "quick",
    "test_exception_utils.py": "quick",
    "test_formatting_utils.py": "quick",
    "test_function_utils.py": "quick",
    "test_graph_utils.py": "quick",
    "test_house.py": "quick",
    "test_import_utils.py": "quick",
    "test_imports.py": "quick",
    "test_json_utils.py": "quick",
    "test_long_texts.py": "one",
    "test_math_utils.py": "quick",
    "test_packaging.py": "one",
    "test_packages.py": "one",
    "test_papers.py": "one",
    "test_pictures.py": "quick",
    "test_services.py": "one",
    "test_token_count_utils.py": "versions",
    "test_types.py": "quick",
    "test_typing_ratchet.py": "quick",
}
MARKS = {"one": (), "versions": ("versions",), "openai": ("versions", "openai"), "quick": ("versions", "quick")}


@functools.cache
def place_of(file: str) -> str | None:
    """The place of a test file: that of the longest path in `PLACES` which leads to it, or None.

    Args:
        file: the path below ``test``, with slashes.
    """
    fitting = [path for path in PLACES if file == path or file.startswith(f"{path}/")]
    return PLACES[max(fitting, key=len)] if fitting else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from what collecting makes: millions of objects, nearly all of which stay.

    Each worker collects everything. A third of its time went into looking through these objects again and again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even load a file that a run of one mark leaves out; each worker would."""
    wanted = config.option.markexpr
    if wanted not in MARKS or not collection_path.name.startswith("test_") or collection_path.is_dir():
        return None
    place = place_of(collection_path.relative_to(TESTS).as_posix())
    return True if place is not None and wanted not in MARKS[place] else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its place; `test_house.py` looks that there is one."""
    for item in items:
        if item.path.is_relative_to(TESTS):
            for mark in MARKS[place_of(item.path.relative_to(TESTS).as_posix()) or "one"]:
                item.add_marker(mark)


@pytest.fixture(autouse=True)
def _warnings_come_again() -> None:
    forget_warnings()


@pytest.fixture(autouse=True)
def _no_test_leaves_the_alias_behind() -> Iterator[None]:
    yield
    assert alias_finder not in sys.meta_path, "This test has installed `autogen` and not uninstalled it."


@pytest.fixture(autouse=True, scope="module")
def _connections_end_with_their_module() -> Iterator[None]:
    """Close what stays open for the next request: each server of the tests is a new one."""
    yield
    if (pools := sys.modules.get("autogen_classic.oai._http.connections")) is not None:
        for client in list(pools._sync_pools.values()):
            for transport in filter(None, (client._transport, *client._mounts.values())):
                transport.close()  # it connects anew when an agent of several modules goes on
