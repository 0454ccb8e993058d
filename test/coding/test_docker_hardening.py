"""What holds code back in a container: limits, rights, the network, and what it gets to see of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import docker
import pytest
from executors import MEMORY, block, no_docker

from autogen_classic.coding import DockerCommandLineCodeExecutor

pytestmark = pytest.mark.skipif(bool(no_docker()), reason=no_docker() or "-")
SECRET = "planted-secret-0123456789"
Open = Callable[..., DockerCommandLineCodeExecutor]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(
            DockerCommandLineCodeExecutor(**{"work_dir": tmp_path, "timeout": 30, **settings})
        )


def output(executor: DockerCommandLineCodeExecutor, code: str, language: str = "python") -> str:
    return str(executor.execute_code_blocks([block(code, language)]).output)


def test_no_variable_of_this_program_is_in_the_container(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "A_HARMLESS_NAME", "PATH_OF_MINE"):
        monkeypatch.setenv(name, SECRET)
    executor = opened()
    assert SECRET not in output(executor, "cat /proc/*/environ", "sh")
    client = docker.from_env()
    try:
        assert SECRET not in str(client.containers.get(executor._name).attrs)
    finally:
        client.close()


def test_a_variable_that_is_named_is_handed_on(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "handed on")
    executor = opened(inherit_environment=["MY_TOKEN", "NOT_SET_ANYWHERE"])
    assert output(executor, "echo $MY_TOKEN; env | grep -c NOT_SET", "sh") == "handed on\n0\n"


def test_the_files_of_this_machine_are_not_there(opened: Open, tmp_path: Path) -> None:
    beside = tmp_path.parent / f"{tmp_path.name}-beside"
    beside.write_text(SECRET, encoding="utf-8")
    assert SECRET not in output(opened(), f"cat {beside}; cat /workspace/../{beside.name}; ls /workspace/..", "sh")


def test_the_engine_cannot_be_reached_from_inside(opened: Open) -> None:
    assert "No such file" in output(opened(), "ls -l /var/run/docker.sock /run/docker.sock", "sh")


def test_a_link_that_code_makes_does_not_lead_a_later_file_outside(opened: Open, tmp_path: Path) -> None:
    victim = tmp_path.parent / f"{tmp_path.name}-victim.py"
    victim.write_text("original", encoding="utf-8")
    executor = opened()
    output(executor, f"ln -s {victim} trap.py", "sh")
    result = executor.execute_code_blocks([block("# filename: trap.py\nprint('overwritten')")])
    assert (result.exit_code, result.output) == (1, "Filename is not in the workspace")
    assert victim.read_text(encoding="utf-8") == "original"


def test_root_in_the_container_has_few_rights(opened: Open) -> None:
    executor = opened()
    for attempt in (
        "mount -t tmpfs none /mnt",
        "mknod /disk b 8 0",
        "sysctl -w kernel.hostname=x",
        "chroot / reboot -f",
    ):
        assert executor.execute_code_blocks([block(attempt, "sh")]).exit_code != 0
    raw = "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)"
    assert "PermissionError" in output(executor, raw)


def test_all_rights_can_be_taken_away(opened: Open) -> None:
    executor = opened(drop_capabilities=["ALL"], no_new_privileges=True)
    status = output(executor, "grep -E '^(CapEff|NoNewPrivs)' /proc/self/status", "sh").split()
    assert status == ["CapEff:", "0000000000000000", "NoNewPrivs:", "1"]


def test_new_privileges_can_be_allowed(opened: Open) -> None:
    status = output(opened(no_new_privileges=False), "grep NoNewPrivs /proc/self/status", "sh").split()
    assert status == ["NoNewPrivs:", "0"]


def test_a_read_only_container_still_has_places_to_write(opened: Open, tmp_path: Path) -> None:
    executor = opened(read_only=True)
    assert "Read-only file system" in output(executor, "touch /etc/x /usr/x", "sh")
    assert output(executor, "touch /tmp/x /workspace/x && echo written", "sh") == "written\n"
    assert (tmp_path / "x").exists()


def test_the_memory_limit_names_itself_when_it_ends_the_code(opened: Open) -> None:
    executor = opened(memory=MEMORY)
    result = executor.execute_code_blocks([block("hoard = []\nwhile True:\n    hoard.append(bytearray(b'x') * 2**24)")])
    assert result.exit_code == 137
    assert result.output == f"A process was killed because the memory of the container ({MEMORY}) ran out.\n"


def test_memory_that_ran_out_in_a_child_is_told_too(opened: Open) -> None:
    executor = opened(memory="128m")
    eater = "python -c 'x = []\nwhile True: x.append(bytearray(b\"x\") * 2**24)' || exit 5"
    result = executor.execute_code_blocks([block(eater, "sh")])
    assert result.exit_code == 5
    assert "the memory of the container (128m) ran out" in result.output


def test_a_failure_of_another_kind_does_not_speak_of_memory(opened: Open) -> None:
    assert "memory" not in output(opened(memory="128m"), "raise SystemExit('other')")


def test_processors_can_be_limited(opened: Open) -> None:
    quota = "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null"
    assert "50000" in output(opened(cpus=0.5), quota, "sh")


@pytest.mark.parametrize("limits", [{"pids": 0}, {"cpus": 0}, {"cpus": -1}])
def test_a_limit_of_nothing_is_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="pids and cpus must be above 0"):
        DockerCommandLineCodeExecutor(**limits)


def test_a_user_of_the_containers_own_can_be_named(opened: Open, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    executor = opened(user="nobody", work_dir=tmp_path)
    assert output(executor, "id -un; echo $HOME", "sh") == "nobody\n/tmp/home\n"


def test_without_network_there_is_only_the_loopback(opened: Open) -> None:
    assert output(opened(network="none"), "ls /sys/class/net", "sh") == "lo\n"


def test_a_network_of_the_engine_can_be_named(opened: Open) -> None:
    client = docker.from_env()
    network = client.networks.create(f"autogen-classic-test-{os.getpid()}", internal=True)
    try:
        executor = opened(network=network.name)
        assert executor._name in [container.name for container in client.networks.get(network.id).containers]
        executor.stop()
    finally:
        network.remove()
        client.close()
