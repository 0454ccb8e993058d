"""A Jupyter server in a container; what its executor has in common with all others stands in the folder conformance."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import docker.errors
import pytest

pytest.importorskip("kernel_gateway", reason="needs the extra jupyter-executor")

from executors import block, no_docker

from autogen_classic.coding.jupyter import DockerJupyterServer, JupyterCodeExecutor

pytestmark = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")

IMAGE = "autogen-classic/jupyter:latest"
NAME = f"autogen-classic-test-jupyter-{os.getpid()}"
SECRET = "planted-secret-0123456789"


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    import docker

    client = docker.from_env()
    yield client
    client.close()


def output_of(server: DockerJupyterServer, code: str) -> str:
    with JupyterCodeExecutor(server) as executor:
        return executor.execute_code_blocks([block(code)]).output


def remove_images_of(server: type[DockerJupyterServer], engine: Any) -> None:
    tag = hashlib.sha256(server.DEFAULT_DOCKERFILE.encode()).hexdigest()[:12]
    engine.images.remove(f"autogen-classic-jupyter:{tag}", force=True)


def test_the_container_is_named_labelled_reachable_from_here_only_and_gone_after_stop(engine: Any) -> None:
    with DockerJupyterServer(custom_image_name=IMAGE, container_name=NAME) as server:
        container = engine.containers.get(NAME)
        assert container.labels["autogen-classic.container"] == "jupyter"
        ports = container.attrs["NetworkSettings"]["Ports"]["8888/tcp"]
        assert [(port["HostIp"], int(port["HostPort"])) for port in ports] == [
            ("127.0.0.1", server.connection_info.port)
        ]
    server.stop()
    assert not engine.containers.list(all=True, filters={"name": NAME})


def test_code_sees_the_variables_that_were_named_and_neither_the_token_nor_those_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with DockerJupyterServer(custom_image_name=IMAGE, docker_env={"NAMED": "yes"}, token="chosen-token") as server:
        assert server.connection_info.token == "chosen-token"
        assert "chosen-token" not in repr(server.connection_info)
        output = output_of(server, "import os\nprint(dict(os.environ))")
    assert "'NAMED': 'yes'" in output
    assert "'HOME': '/home/jupyter'" in output
    assert SECRET not in output
    assert "chosen-token" not in output


def test_a_container_that_shall_stay_is_stopped_and_stays(engine: Any) -> None:
    server = DockerJupyterServer(custom_image_name=IMAGE, auto_remove=False)
    server.stop()
    (container,) = engine.containers.list(all=True, filters={"id": server._container.id})
    assert container.status == "exited"
    container.remove()


def test_a_server_that_cannot_start_for_its_port_leaves_no_container(engine: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"8888/tcp": ("127.0.0.1", taken.getsockname()[1])}
        with pytest.raises(docker.errors.APIError, match="address already in use"):
            DockerJupyterServer(custom_image_name=IMAGE, container_name=f"{NAME}-port", ports=ports)
    assert not engine.containers.list(all=True, filters={"name": f"{NAME}-port"})


def test_an_image_that_is_missing_is_named() -> None:
    with pytest.raises(ValueError, match="Custom image no-such-image:1 does not exist"):
        DockerJupyterServer(custom_image_name="no-such-image:1")


def test_an_image_without_a_gateway_is_an_error_with_its_log_and_leaves_no_container(engine: Any) -> None:
    name = f"{NAME}-no-gateway"
    with pytest.raises(RuntimeError, match="No module named kernel_gateway"):
        DockerJupyterServer(custom_image_name="python:3-slim", container_name=name)
    assert not engine.containers.list(all=True, filters={"name": name})


def test_the_default_image_is_built_once(engine: Any) -> None:
    class Variant(DockerJupyterServer):
        DEFAULT_DOCKERFILE = f"FROM {IMAGE}\nENV VARIANT=yes\nENV BY={os.getpid()}\n"

    try:
        with Variant() as server:
            assert output_of(server, "import os\nprint(os.environ['VARIANT'])") == "yes\n"
        tag = hashlib.sha256(Variant.DEFAULT_DOCKERFILE.encode()).hexdigest()[:12]
        built = engine.images.get(f"autogen-classic-jupyter:{tag}")
        Variant().stop()
        assert engine.images.get(f"autogen-classic-jupyter:{tag}") == built
    finally:
        remove_images_of(Variant, engine)


def test_an_image_that_cannot_be_built_is_an_error_that_says_so() -> None:
    class Broken(DockerJupyterServer):
        DEFAULT_DOCKERFILE = f"FROM {IMAGE}\nRUN echo out of order && false\n"

    with pytest.raises(RuntimeError, match="could not be built"):
        Broken()


def test_an_image_that_starts_jupyter_by_itself_is_left_to_it(engine: Any) -> None:
    class OfAutoGen(DockerJupyterServer):
        DEFAULT_DOCKERFILE = (
            f"FROM {IMAGE}\n"
            f"ENV BY={os.getpid()}\n"
            "CMD python3 -m jupyter kernelgateway --KernelGatewayApp.ip=0.0.0.0 --KernelGatewayApp.port=8888 "
            '--KernelGatewayApp.auth_token="$TOKEN" --JupyterWebsocketPersonality.list_kernels=true\n'
        )

    try:
        with OfAutoGen() as server:
            assert output_of(server, "print(1)") == "1\n"
            command = engine.containers.get(server._container.id).attrs["Config"]["Cmd"]
        assert "auth_token" in command[-1]
    finally:
        remove_images_of(OfAutoGen, engine)


def test_the_default_image_starts_from_python_slim_without_root() -> None:
    lines = DockerJupyterServer.DEFAULT_DOCKERFILE.splitlines()
    assert lines[0] == "FROM python:3-slim"
    assert "USER jupyter" in lines
