"""The Python examples on the page about running code: each runs as it stands there, against an engine or a stand-in."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from executors import _no_bubblewrap, _no_jupyter, _no_kubernetes, no_docker

sys.path.insert(0, str(Path(__file__).resolve().parent))
PAGE = Path(__file__).resolve().parents[2] / "website" / "docs" / "code-execution.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
NEEDS = {
    "DockerCommandLine": no_docker,
    "DockerJupyter": lambda: _no_jupyter() or no_docker(),
    "EmbeddedIPython": _no_jupyter,
    "Pod": _no_kubernetes,
    "bubblewrap": _no_bubblewrap,
}


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_an_example_of_the_page_runs(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for word, missing in NEEDS.items():
        if word in example and missing():
            pytest.skip(missing())
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text("a,b\n", encoding="utf-8")
    with ExitStack() as stack:
        exec(compile(_with_stand_ins(example, stack, tmp_path, monkeypatch), str(PAGE), "exec"), {"__name__": "page"})


def _with_stand_ins(example: str, stack: ExitStack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put servers of the tests in the place of a cluster, of Azure, and of an image that would have to be built."""
    if "Pod" in example:
        from fake_cluster import FakeCluster

        file = stack.enter_context(FakeCluster()).kube_config(folder)
        return _replaced(example, 'namespace="agents"', f'namespace="default", kube_config_file={file!r}')
    if "ACADynamicSessions" in example:
        pytest.importorskip("tenacity")
        from fake_session_pool import FakeSessionPool

        pool = stack.enter_context(FakeSessionPool())
        address = '"https://REGION.dynamicsessions.io/subscriptions/..."'
        return _replaced(example, address, f"{pool.endpoint!r}, credential=lambda: {pool.token!r}")
    if "DockerJupyterServer" in example:
        from autogen_classic.coding.jupyter import DockerJupyterServer

        dockerfile = "FROM autogen-classic/jupyter:latest\n# for the examples of the page\n"
        monkeypatch.setattr(DockerJupyterServer, "DEFAULT_DOCKERFILE", dockerfile)
        image = f"autogen-classic-jupyter:{hashlib.sha256(dockerfile.encode()).hexdigest()[:12]}"
        stack.callback(subprocess.run, ["docker", "rmi", image], capture_output=True, check=True)
    return example


def _replaced(example: str, words: str, others: str) -> str:
    assert words in example
    return example.replace(words, others)
