"""What every executor has to do, whatever it runs code with."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from executors import KINDS, Kind, block, processes_with

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"


def _parameter(kind: Kind) -> Any:
    missing = kind.missing()
    return pytest.param(kind, id=kind.name, marks=[pytest.mark.skipif(bool(missing), reason=missing or "-")])


every_kind = pytest.mark.parametrize("kind", [_parameter(kind) for kind in KINDS])


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Any]:
    """Open an executor in the directory of the test."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        yield lambda kind, **settings: stack.enter_context(kind.make(tmp_path, **settings))


def wait_until(condition: Any, seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.02)
    return True


@every_kind
def test_output_and_success(kind: Kind, opened: Any) -> None:
    result = opened(kind).execute_code_blocks([block("print(6 * 7)")])
    assert (result.exit_code, result.output.strip()) == (0, "42")


@every_kind
def test_an_exception_is_a_failure_with_its_text(kind: Kind, opened: Any) -> None:
    result = opened(kind).execute_code_blocks([block("1 / 0")])
    assert result.exit_code != 0
    assert "ZeroDivisionError" in result.output


@every_kind
def test_several_blocks_run_in_order_until_one_fails(kind: Kind, opened: Any) -> None:
    executor = opened(kind)
    result = executor.execute_code_blocks([block("print('one')"), block("print('two')"), block("print('three')")])
    assert result.exit_code == 0
    assert result.output.split() == ["one", "two", "three"]
    result = executor.execute_code_blocks([block("print('one')"), block("raise ValueError"), block("print('never')")])
    assert result.exit_code != 0
    assert "one" in result.output
    assert "never" not in result.output.splitlines()


@every_kind
def test_state_is_kept_by_kernels_and_by_nobody_else(kind: Kind, opened: Any) -> None:
    executor = opened(kind)
    executor.execute_code_blocks([block("answer = 42")])
    result = executor.execute_code_blocks([block("print(answer)")])
    assert ("42" in result.output and result.exit_code == 0) is kind.keeps_state


@every_kind
def test_restart_forgets_the_state_and_the_executor_goes_on(kind: Kind, opened: Any) -> None:
    executor = opened(kind)
    executor.execute_code_blocks([block("answer = 42")])
    if kind.name in ("local", "bubblewrap"):
        with pytest.warns(UserWarning, match="not supported"):
            executor.restart()
    else:
        executor.restart()
    assert "NameError" in executor.execute_code_blocks([block("print(answer)")]).output
    assert executor.execute_code_blocks([block("print(1)")]).exit_code == 0


@every_kind
def test_files_last_from_block_to_block(kind: Kind, opened: Any) -> None:
    executor = opened(kind)
    executor.execute_code_blocks([block("open('note.txt', 'w', encoding='utf-8').write('kept')")])
    result = executor.execute_code_blocks([block("print(open('note.txt', encoding='utf-8').read())")])
    assert ("kept" in result.output) is kind.keeps_files


@every_kind
def test_unicode_in_code_and_output(kind: Kind, opened: Any) -> None:
    text = "Grüße, 世界 🎉 \\N{SNOWMAN}"
    result = opened(kind).execute_code_blocks([block(f"# комментарий\nprint('{text}')")])
    assert (result.exit_code, result.output.strip()) == (0, "Grüße, 世界 🎉 ☃")


@every_kind
def test_ten_megabytes_of_output(kind: Kind, opened: Any) -> None:
    result = opened(kind, timeout=120).execute_code_blocks(
        [block("for _ in range(10_000):\n    print('x' * 1023)\nprint('the end')")]
    )
    assert result.exit_code == 0
    assert result.output.rstrip().endswith("the end")
    assert result.output.count("x") == 10_000 * 1023


@every_kind
def test_a_timeout_ends_the_code_keeps_its_output_and_leaves_the_executor_usable(kind: Kind, opened: Any) -> None:
    executor = opened(kind, timeout=3)
    begin = time.monotonic()
    result = executor.execute_code_blocks([block("print('begun', flush=True)\nimport time\ntime.sleep(600)")])
    assert time.monotonic() - begin < 60
    assert result.exit_code != 0
    assert ("begun" in result.output) is kind.tells_before_timeout
    assert re.search(r"timeout|timed out|was ended after", result.output.lower())
    assert executor.execute_code_blocks([block("print('again')")]).output.strip() == "again"


@every_kind
def test_no_child_is_left_after_a_timeout(kind: Kind, opened: Any) -> None:
    if not kind.ends_all:
        pytest.skip("the service ends what runs in its sandbox")
    mark = f"mark{uuid.uuid4().hex}"
    code = (
        "import subprocess, sys, time\n"
        f"sleeper = 'import time; time.sleep(600) #{mark}'\n"
        "for hides in (False, True):\n"
        "    subprocess.Popen([sys.executable, '-c', sleeper], start_new_session=hides)\n"
        "time.sleep(600)"
    )
    executor = opened(kind, timeout=3)
    executor.execute_code_blocks([block(code)])
    if kind.keeps_state:
        executor.restart()  # a kernel that was interrupted still lives, and so may what it has started
    assert wait_until(lambda: not processes_with(mark)), "a process was left behind"


@every_kind
def test_a_block_that_fills_memory_fails_and_says_so(kind: Kind, opened: Any) -> None:
    if kind.memory is None:
        pytest.skip("this executor has no limit of its own")
    executor = opened(kind, timeout=60, **kind.memory)
    result = executor.execute_code_blocks([block("hoard = []\nwhile True:\n    hoard.append(bytearray(b'x') * 2**24)")])
    assert result.exit_code != 0
    assert "memory" in result.output.lower()
    assert executor.execute_code_blocks([block("print('again')")]).output.strip() == "again"


@every_kind
def test_a_block_that_kills_its_interpreter_fails_and_the_executor_goes_on(kind: Kind, opened: Any) -> None:
    executor = opened(kind)
    result = executor.execute_code_blocks([block("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")])
    assert result.exit_code != 0
    assert result.output.strip()
    assert executor.execute_code_blocks([block("print('again')")]).output.strip() == "again"


@every_kind
def test_stop_ends_the_code_that_runs(kind: Kind, opened: Any, tmp_path: Path) -> None:
    mark = f"mark{uuid.uuid4().hex}"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(600) #{mark}'])"
    executor = opened(kind, timeout=120)
    results: list[Any] = []

    def run() -> None:
        results.append(executor.execute_code_blocks([block(code)]))

    thread = threading.Thread(target=run)
    thread.start()
    assert wait_until(lambda: processes_with(mark), 60)
    executor.stop()
    thread.join(60)
    assert not thread.is_alive()
    assert results[0].exit_code != 0
    assert wait_until(lambda: not processes_with(mark)), "a process was left behind"


@every_kind
def test_two_executors_share_one_directory(kind: Kind, opened: Any) -> None:
    first, second = opened(kind), opened(kind)
    pair = [first.execute_code_blocks([block(f"print({number})")]).output.strip() for number in (1, 2)]
    assert pair == ["1", "2"]
    assert second.execute_code_blocks([block("print(3)")]).output.strip() == "3"
    if kind.shares_files and not kind.name.startswith("docker-"):
        first.execute_code_blocks([block("open('shared.txt', 'w').write('seen')")])
        assert "seen" in second.execute_code_blocks([block("print(open('shared.txt').read())")]).output


@every_kind
def test_several_run_in_parallel(kind: Kind, tmp_path: Path) -> None:
    def one(number: int) -> str:
        place = tmp_path / str(number)
        place.mkdir()
        with kind.make(place, timeout=120) as executor:
            return str(executor.execute_code_blocks([block(f"print({number} ** 2)")]).output.strip())

    many = 3 if kind.keeps_state else 8  # a kernel takes a second of a processor to start
    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(one, range(many))) == [str(number**2) for number in range(many)]


@every_kind
def test_images(kind: Kind, opened: Any, tmp_path: Path) -> None:
    if not kind.shares_files:
        pytest.skip("files stay in the sandbox of the service")
    if kind.keeps_state:
        code = f"import base64\nfrom IPython.display import Image, display\ndisplay(Image(base64.b64decode('{PIXEL}')))"
        result = opened(kind).execute_code_blocks([block(code)])
        (file,) = result.output_files
    else:
        code = f"import base64\nopen('pixel.png', 'wb').write(base64.b64decode('{PIXEL}'))"
        result = opened(kind).execute_code_blocks([block(code)])
        file = str(tmp_path / "pixel.png")
    assert result.exit_code == 0
    assert Path(file).read_bytes().startswith(b"\x89PNG")


@every_kind
def test_an_unknown_language_fails_and_is_named(kind: Kind, opened: Any) -> None:
    result = opened(kind).execute_code_blocks([block("PRINT 1", "basic")])
    assert result.exit_code != 0
    assert "basic" in result.output


@every_kind
def test_mixed_languages(kind: Kind, opened: Any) -> None:
    if not kind.shells or kind.keeps_state:
        pytest.skip("a kernel speaks one language, and a service need not have a shell")
    result = opened(kind).execute_code_blocks([block("print('from python')"), block("echo from shell", "sh")])
    assert result.output.splitlines() == ["from python", "from shell"]


@every_kind
def test_no_blocks_are_a_success(kind: Kind, opened: Any) -> None:
    assert opened(kind).execute_code_blocks([]).exit_code == 0
