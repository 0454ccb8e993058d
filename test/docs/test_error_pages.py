"""Every error has a page, which shows a program that really raises it, and every error knows its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autogen_classic import errors
from autogen_classic.cli.explain import explanations
from autogen_classic.testing import CapturedIO
from scripts.error_pages import error_pages

EXPLAINED = explanations()
PROGRAMS = {
    name: program[1]
    for name, text in EXPLAINED.items()
    if (program := re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
}
# What only another machine, a provider, or a program that was killed can cause; the page shows how it looks.
NOT_CAUSED_HERE = {
    "AutogenClassicError",  # only its kinds are raised
    "BrokenStreamError",
    "CohereError",
    "CohereRateLimitError",
    "ContainerStoppedError",
    "EmbeddingUnavailableError",
    "FetchTimeoutError",
    "FileNameError",
    "ImageUnavailableError",
    "InstallError",
    "KernelLostError",
    "LocalModelMissingError",
    "LocalModelTimeoutError",
    "McpCallError",
    "NoAnswerError",
    "NotebookDepartureError",
    "PodError",
    "RealtimeConnectionError",
    "RecordedModelError",
    "SessionPoolError",
    "SessionPoolTimeoutError",
    "StreamTimeoutError",
    "ToolServiceError",
    "WorkDirNotSharedError",
}
# What the programs of some pages need besides the library.
PACKAGES = {
    "EmbeddingError": "chromadb",
    "EmbeddingSizeError": "chromadb",
    "FileConversionException": "markitdown",
    "LocalModelError": "xllamacpp",
    "MissingKeyError": "mistralai",
    "MissingModelError": "groq",
    "MissingRegionError": "boto3",
    "ConflictingCredentialsError": "google.genai",
    "UnreadableDocumentError": "pypdf",
    "UnsupportedFormatException": "markitdown",
    "VectorStoreError": "qdrant_client",
}


def test_every_explanation_shows_a_program_or_how_it_looks():
    assert EXPLAINED.keys() - PROGRAMS.keys() == NOT_CAUSED_HERE
    assert [name for name in NOT_CAUSED_HERE if "```text\n" not in EXPLAINED[name]] == []


@pytest.fixture
def empty_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty directory, without keys; what a program does to the environment is undone."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "MISTRAL_API_KEY", "AWS_REGION", "AWS_DEFAULT_REGION", "OAI_CONFIG_LIST"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "DOCKER_HOST"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    with CapturedIO():
        yield


@pytest.mark.parametrize("name", sorted(PROGRAMS))
@pytest.mark.usefixtures("empty_place")
def test_the_program_of_a_page_raises(name: str):
    if name in PACKAGES:
        pytest.importorskip(PACKAGES[name])
    with pytest.raises(getattr(errors, name)) as caught:
        exec(compile(PROGRAMS[name], f"{name}.md", "exec"), {"__name__": "page"})
    assert type(caught.value).__name__ == name
    assert f"{caught.value.help_url.removesuffix('.html')}.md" in {f"errors/{page}" for page in error_pages()}


def test_an_error_of_a_program_has_the_page_of_its_parent():
    class OutOfPaper(errors.StateError):
        pass

    assert errors.StateError.help_url == "errors/StateError.html"
    assert OutOfPaper.help_url == errors.StateError.help_url


def test_the_list_leads_to_every_page():
    pages = error_pages()
    listed = set(re.findall(r"\((\w+\.md)\)", pages["index.md"]))
    assert listed == pages.keys() - {"index.md", "AutogenClassicError.md"}
