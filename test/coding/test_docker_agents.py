"""Two agents and a container, end to end: code fails for want of a package, the package is installed, the code runs."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import docker
import pytest
from executors import block, no_docker

from autogen_classic import AssistantAgent, UserProxyAgent
from autogen_classic.agentchat.contrib.captainagent import ToolBuilder
from autogen_classic.coding import DockerCommandLineCodeExecutor
from autogen_classic.testing import MockOpenAIServer
from autogen_classic.testing.replies import ModelRequest

pytestmark = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")
PACKAGE = "autogen-classic-test-tides"
MODULE = "autogen_classic_test_tides"
CODE = f"```python\n# filename: tides.py\nimport {MODULE}\nprint('High water at', {MODULE}.high_water())\n```"


def write_index(root: Path) -> None:
    """Make a package index with one package of one module in it."""
    folder = root / "simple" / PACKAGE
    folder.mkdir(parents=True)
    about = f"{MODULE}-1.0.dist-info"
    wheel = f"{MODULE}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder / wheel, "w") as archive:
        archive.writestr(f"{MODULE}.py", "def high_water():\n    return '06:12'\n")
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n")
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    (folder / "index.html").write_text(f'<a href="{wheel}">{wheel}</a>', encoding="utf-8")


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def gateway() -> str:
    """The address of this machine in the default network of the engine."""
    client = docker.from_env()
    address = client.networks.get("bridge").attrs["IPAM"]["Config"][0].get("Gateway")
    client.close()
    return str(address)


@pytest.fixture
def index(tmp_path: Path, gateway: str) -> Iterator[str]:
    """The address of a package index that containers reach."""
    write_index(tmp_path / "index")
    try:
        server = ThreadingHTTPServer((gateway, 0), partial(QuietHandler, directory=str(tmp_path / "index")))
    except OSError as error:
        pytest.skip(f"the network of the engine is not on this machine: {error}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://{gateway}:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


def test_agents_install_what_is_missing_and_finish(tmp_path: Path, index: str, gateway: str) -> None:
    install = f"```sh\npip install --index-url {index} --trusted-host {gateway} {PACKAGE}\n```"

    def repair(request: ModelRequest) -> str:
        assert "exitcode: 1 (execution failed)" in request.last_text
        assert f"No module named '{MODULE}'" in request.last_text
        return f"The package is missing. It has to be installed first.\n{install}\n{CODE}"

    def finish(request: ModelRequest) -> str:
        assert "exitcode: 0 (execution succeeded)" in request.last_text
        assert "High water at 06:12" in request.last_text
        return "High water is at 06:12. TERMINATE"

    work_dir = tmp_path / "work"
    with (
        MockOpenAIServer([CODE, repair, finish]) as server,
        DockerCommandLineCodeExecutor(work_dir=work_dir, timeout=60) as executor,
    ):
        assistant = AssistantAgent("assistant", llm_config=server.llm_config())
        user = UserProxyAgent(
            "user",
            human_input_mode="NEVER",
            is_termination_msg=lambda message: "TERMINATE" in (message.get("content") or ""),
            code_execution_config={"executor": executor},
        )
        result = user.initiate_chat(assistant, message="When is high water?")

    assert [message["name"] for message in result.chat_history] == ["user", "assistant"] * 3
    assert "High water is at 06:12." in result.summary
    assert (work_dir / "tides.py").is_file()


@pytest.mark.parametrize("settings", [{}, {"read_only": True}, {"user": "nobody", "drop_capabilities": ["ALL"]}])
def test_pip_installs_for_the_blocks_that_follow(
    tmp_path: Path, index: str, gateway: str, settings: dict[str, Any]
) -> None:
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    work_dir.chmod(0o777)
    install = block(f"pip install -i {index} --trusted-host {gateway} {PACKAGE}", "sh")
    use = block(f"import {MODULE}\nprint({MODULE}.high_water())")
    with DockerCommandLineCodeExecutor(work_dir=work_dir, **settings) as executor:
        result = executor.execute_code_blocks([install, use])
    assert (result.exit_code, result.output.splitlines()[-1:]) == (0, ["06:12"])


@pytest.mark.parametrize("by", ["executor", "use_docker"])
def test_programs_in_a_container_import_the_tools_of_a_library(tmp_path: Path, by: str) -> None:
    with DockerCommandLineCodeExecutor(work_dir=tmp_path) as executor:
        own = {"executor": executor} if by == "executor" else {"use_docker": "python:3-slim", "work_dir": str(tmp_path)}
        proxy = UserProxyAgent("terminal", human_input_mode="NEVER", code_execution_config=own)
        bound = ToolBuilder("default").bind_user_proxy(proxy, "default")
        code = "```python\nfrom functions import prime_factors\nprint(prime_factors(84))\n```"
        reply = bound.generate_reply([{"role": "user", "content": code}], sender=proxy)
    assert "[2, 2, 3, 7]" in str(reply)
