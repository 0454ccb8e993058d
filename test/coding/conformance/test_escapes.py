"""What code must not reach: files outside its directory, secrets of this machine, the network, all its processes."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from executors import KINDS, Kind, block
from test_conformance import _parameter, opened  # noqa: F401

SECRET = "planted-secret-0123456789"
writes_files = pytest.mark.parametrize(
    "kind", [_parameter(one) for one in KINDS if one.shares_files and not one.keeps_state]
)
sandboxes = pytest.mark.parametrize("kind", [_parameter(kind) for kind in KINDS if kind.is_sandbox])
all_kinds = pytest.mark.parametrize("kind", [_parameter(kind) for kind in KINDS])


@writes_files
@pytest.mark.parametrize("name", ["../escaped.py", "../../escaped.py", "sub/../../escaped.py", "/tmp/escaped-abs.py"])
@pytest.mark.parametrize("comment", ["# filename: {}", "# {}"])
def test_a_file_name_cannot_lead_outside(kind: Kind, opened: Any, tmp_path: Path, name: str, comment: str) -> None:  # noqa: F811
    result = opened(kind).execute_code_blocks([block(f"{comment.format(name)}\nprint('ran')")])
    assert result.exit_code != 0
    assert "not in the workspace" in result.output
    assert not (tmp_path.parent / "escaped.py").exists()
    assert not Path("/tmp/escaped-abs.py").exists()


@writes_files
def test_a_file_name_cannot_lead_outside_through_a_symbolic_link(kind: Kind, opened: Any, tmp_path: Path) -> None:  # noqa: F811
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    victim = outside / "victim.py"
    victim.write_text("original", encoding="utf-8")
    (tmp_path / "link").symlink_to(outside)
    (tmp_path / "direct.py").symlink_to(victim)
    executor = opened(kind)
    for name in ("link/victim.py", "direct.py"):
        assert executor.execute_code_blocks([block(f"# filename: {name}\nprint(1)")]).exit_code != 0
    assert victim.read_text(encoding="utf-8") == "original"


@sandboxes
def test_nothing_outside_the_directory_can_be_written(kind: Kind, opened: Any, tmp_path: Path) -> None:  # noqa: F811
    targets = [str(tmp_path.parent / "written"), "/etc/written", "/usr/written", str(Path.home() / "written")]
    code = (
        f"for path in {targets!r}:\n    try:\n        open(path, 'w').write('here')\n    except OSError:\n        pass"
    )
    opened(kind).execute_code_blocks([block(code)])
    assert [path for path in targets if os.path.exists(path)] == []


@sandboxes
def test_secrets_in_the_home_directory_cannot_be_read(
    kind: Kind,
    opened: Any,  # noqa: F811
    tmp_path: Path,
) -> None:
    hidden = Path.home() / f".ssh-of-{tmp_path.name}"
    hidden.mkdir()
    try:
        (hidden / "id_test").write_text(SECRET, encoding="utf-8")
        code = f"import pathlib\nprint(pathlib.Path({str(hidden / 'id_test')!r}).read_text())"
        result = opened(kind).execute_code_blocks([block(code)])
    finally:
        (hidden / "id_test").unlink()
        hidden.rmdir()
    assert SECRET not in result.output
    assert result.exit_code != 0


@all_kinds
def test_secrets_in_the_environment_are_not_handed_on(
    kind: Kind,
    opened: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("OPENAI_API_KEY", "MY_TOKEN", "DB_PASSWORD", "OAI_CONFIG_LIST"):
        monkeypatch.setenv(name, SECRET)
    code = (
        "import os, glob\n"
        "print(dict(os.environ))\n"
        "for path in glob.glob('/proc/[0-9]*/environ') if {sandbox} else ['/proc/self/environ']:\n"
        "    try:\n"
        "        print(open(path, 'rb').read())\n"
        "    except OSError:\n"
        "        pass"
    ).replace("{sandbox}", str(kind.is_sandbox))
    result = opened(kind).execute_code_blocks([block(code)])
    assert result.exit_code == 0
    assert SECRET not in result.output


@pytest.fixture
def listener() -> Iterator[int]:
    """A server of this machine that code must not reach."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("kind", [_parameter(kind) for kind in KINDS if kind.no_network is not None])
def test_there_is_no_network_without_network(kind: Kind, opened: Any, listener: int) -> None:  # noqa: F811
    code = (
        "import socket\n"
        "for host in ('127.0.0.1', '172.17.0.1', '1.1.1.1'):\n"
        "    try:\n"
        f"        socket.create_connection((host, {listener}), timeout=2)\n"
        "        print('reached', host)\n"
        "    except OSError as error:\n"
        "        print('not reached')"
    )
    assert kind.no_network is not None
    result = opened(kind, **kind.no_network).execute_code_blocks([block(code)])
    assert result.output.split("\n")[:3] == ["not reached"] * 3


@pytest.mark.parametrize("kind", [_parameter(kind) for kind in KINDS if kind.processes is not None])
def test_a_fork_bomb_meets_a_limit_and_the_executor_goes_on(kind: Kind, opened: Any) -> None:  # noqa: F811
    code = (
        "import os, time\n"
        "made = 0\n"
        "try:\n"
        "    while made < 10_000:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(600)\n"
        "        made += 1\n"
        "except OSError as error:\n"
        "    print('stopped after', made, error.strerror)\n"
        "    raise SystemExit(3)"
    )
    assert kind.processes is not None
    executor = opened(kind, timeout=60, **kind.processes)
    result = executor.execute_code_blocks([block(code)])
    assert result.exit_code != 0
    assert "stopped after" in result.output
    executor.restart()
    assert executor.execute_code_blocks([block("print('again')")]).output.strip() == "again"


@pytest.mark.skipif(sys.platform == "win32", reason="shell code")
@pytest.mark.parametrize("code", ["rm -rf /", "dd if=/dev/zero of=x", ":(){ :|:& };:", "mv x /dev/null"])
def test_the_seat_belt_refuses_what_is_dangerous_at_first_sight(tmp_path: Path, code: str) -> None:
    from autogen_classic.coding import LocalCommandLineCodeExecutor

    with pytest.raises(ValueError, match="Potentially dangerous command detected"):
        LocalCommandLineCodeExecutor(work_dir=tmp_path).execute_code_blocks([block(code, "sh")])
