"""Every public module stands in the reference once, and no private one does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import reference_pages

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "autogen_classic"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return reference_pages.reference_pages(PACKAGE)


def shown(pages: dict[str, str]) -> list[str]:
    """The modules that pages show."""
    return sorted(path for page in pages.values() for path in re.findall(r"^::: (\S+)$", page, re.MULTILINE))


def test_every_public_module_is_shown_once(pages: dict[str, str]) -> None:
    public = []
    for file in PACKAGE.rglob("*.py"):
        path = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if "._" not in path and not path.startswith("autogen_classic.cli"):
            public.append(path)
    assert shown(pages) == sorted(public)


def test_every_page_of_the_reference_is_in_the_menu(pages: dict[str, str]) -> None:
    menu = (ROOT / "website" / "mkdocs.yml").read_text(encoding="utf-8")
    assert {f"reference/{name}" for name in pages} == set(re.findall(r"reference/\w+\.md", menu))


@pytest.mark.parametrize("name", sorted(reference_pages.PAGES))
def test_a_page_of_the_reference_shows_something(pages: dict[str, str], name: str) -> None:
    assert shown({name: pages[f"{name}.md"]})


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "autogen_classic"
    files = {
        "__init__.py": "",
        "events/__init__.py": '"""What happens."""\nfrom .._core.events import *',
        "replay/__init__.py": "from ._run import record\nfrom .normalisers import paths\n__all__ = ('paths', 'record')",
        "replay/_run.py": "def record(): ...",
        "replay/normalisers.py": "def paths(): ...",
        "agentchat/groupchat.py": '"""A group | of agents."""',
        "tools/new.py": "",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_package_shows_only_the_names_that_have_no_other_public_home(package: Path) -> None:
    modules = reference_pages.public_modules(package)
    assert modules["autogen_classic.replay"].shown == ["record"]
    assert modules["autogen_classic.events"].shown is None  # everything


def test_a_private_module_is_not_shown(package: Path) -> None:
    assert "autogen_classic.replay._run" not in reference_pages.public_modules(package)


@pytest.mark.parametrize(
    ("module", "page"),
    [
        ("autogen_classic", "index"),
        ("autogen_classic.agentchat.chat", "agents"),
        ("autogen_classic.agentchat.groupchat", "groups"),
        ("autogen_classic.agentchat.group.patterns", "groups"),
        ("autogen_classic.tools.new", "tools"),
        ("autogen_classic.web.new", "helpers"),
    ],
)
def test_the_longest_path_that_fits_decides_on_the_page(module: str, page: str) -> None:
    assert reference_pages.page_of(module) == page


def test_the_summary_of_a_module_fits_into_the_table(package: Path) -> None:
    assert "A group \\| of agents." in reference_pages.reference_pages(package)["index.md"]
