"""What a release carries, and what its metadata say."""

from __future__ import annotations

import importlib.metadata
import json
import runpy
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autogen_classic.version import RELEASE

ROOT = Path(__file__).resolve().parent.parent

EXTRAS_OF_0_2 = {
    *("anthropic", "autobuild", "bedrock", "blendsearch", "cerebras", "cohere", "cosmosdb", "gemini", "graph", "groq"),
    *("jupyter-executor", "kubernetes", "lmm", "long-context", "mathchat", "mistral", "ollama", "redis"),
    *("retrievechat", "retrievechat-couchbase", "retrievechat-mongodb", "retrievechat-pgvector"),
    *("retrievechat-qdrant", "teachable", "test", "together", "types", "websockets", "websurfer"),
}


@pytest.fixture(scope="module")
def metadata() -> importlib.metadata.PackageMetadata:
    """The metadata of the installed distribution."""
    try:
        return importlib.metadata.metadata("autogen-classic")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("autogen-classic is not installed here; scripts/dev.py installs it")


def test_the_metadata_and_the_package_have_one_release(metadata: importlib.metadata.PackageMetadata) -> None:
    assert metadata["Version"] == RELEASE


def test_every_extra_of_0_2_keeps_its_name(metadata: importlib.metadata.PackageMetadata) -> None:
    assert set(metadata.get_all("Provides-Extra") or []) >= EXTRAS_OF_0_2


def test_the_core_needs_nine_packages_and_nothing_heavy(metadata: importlib.metadata.PackageMetadata) -> None:
    required = [line for line in metadata.get_all("Requires-Dist") or [] if "extra ==" not in line]
    names = {line.split("<")[0].split(">")[0].split("=")[0].strip() for line in required}
    assert names == {
        "diskcache",
        "docker",
        "fast-depends",
        "jsonschema",
        "openai",
        "pydantic",
        "python-dotenv",
        "termcolor",
        "tiktoken",
    }


def test_the_suite_can_be_installed_beside_the_oldest_openai_package(
    metadata: importlib.metadata.PackageMetadata,
) -> None:
    lines = [Requirement(line) for line in metadata.get_all("Requires-Dist") or []]
    wanted = {"test"}
    for _ in range(3):  # an extra may name others
        wanted |= {
            extra
            for line in lines
            if line.name == "autogen-classic"
            and any(line.marker and line.marker.evaluate({"extra": one}) for one in wanted)
            for extra in line.extras
        }
    core = next(line for line in lines if line.name == "openai" and line.marker is None)
    oldest = next(bound.version for bound in core.specifier if bound.operator == ">=")
    for line in lines:
        if line.name == "openai" and line.marker and any(line.marker.evaluate({"extra": one}) for one in wanted):
            assert oldest in line.specifier, str(line)


def test_no_package_of_the_suite_hides_a_command_of_the_system() -> None:
    # An agent's code runs with the commands of this environment before those of the system.
    installed = {one.name for one in importlib.metadata.entry_points(group="console_scripts")}
    assert installed.isdisjoint(
        {"cat", "cp", "date", "echo", "env", "find", "grep", "kill", "ls", "mv", "rm", "sh", "test"}
    )


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert (ROOT / "autogen_classic" / "py.typed").exists()


def test_the_sample_of_a_configuration_list_can_be_read() -> None:
    entries = json.loads((ROOT / "OAI_CONFIG_LIST_sample").read_text(encoding="utf-8"))
    assert all(entry["model"] for entry in entries)


def test_the_page_of_deviations_shows_every_deviation_with_its_reason() -> None:
    write_page = runpy.run_path(str(ROOT / "scripts" / "docs_pages.py"))["deviations_page"]
    folders = [ROOT / "test" / "compat" / name for name in (".", "ag2", "swarm")]
    data = [json.loads((folder / "deviations.json").read_text(encoding="utf-8")) for folder in folders]
    page = write_page(*data)
    listed = [one for part in data for one in [*part.get("everywhere", ()), *part["deviations"]]]
    assert all(f"| `{one['name']}` | {one['reason'][:20]}" in page for one in listed)


def test_a_reason_on_the_page_of_deviations_is_text_and_no_tag() -> None:
    write_page = runpy.run_path(str(ROOT / "scripts" / "docs_pages.py"))["deviations_page"]
    odd = {"name": "odd", "reason": "Whoever writes <img path> or `<b>` | more", "scenarios": {}}
    empty = {"deviations": [], "modes_differ": {}}
    page = write_page({**empty, "deviations": [odd]}, empty, empty)
    assert "| `odd` | Whoever writes &lt;img path> or `<b>` \\| more | tests of its own |" in page


def test_the_demo_script_is_written_for_0_2_alone() -> None:
    script = (ROOT / "autogen_classic" / "cli" / "examples" / "two_agents.py").read_text(encoding="utf-8")
    assert "import autogen\n" in script
    assert "autogen_classic" not in script
    assert "stop_reason" not in script
