"""Code in dynamic sessions of Azure Container Apps, against a pool of our own that speaks their REST API."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("tenacity")

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fake_session_pool import NEW, OLD, FakeSessionPool

from autogen_classic.coding import CodeBlock, CodeExecutor
from autogen_classic.coding.azure_container_apps import ACADynamicSessionsCodeExecutor, SessionPoolError

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"


def block(code: str, language: str = "python") -> CodeBlock:
    return CodeBlock(code=code, language=language)


@pytest.fixture
def pool() -> Iterator[FakeSessionPool]:
    with FakeSessionPool() as pool:
        yield pool


@pytest.fixture
def make(pool: FakeSessionPool, tmp_path: Path) -> Any:
    def make(**settings: Any) -> ACADynamicSessionsCodeExecutor:
        defaults = {"credential": lambda: pool.token, "work_dir": tmp_path / "out"}
        return ACADynamicSessionsCodeExecutor(pool.endpoint, **{**defaults, **settings})

    return make


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits before requests are sent again, which then are not waited for."""
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    return waited


@pytest.fixture(params=[*OLD[:1], *NEW])
def any_version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_output_errors_and_the_last_value_come_together(make: Any, any_version: str) -> None:
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)\n[6 * 7, 'ü']"
    result = make(api_version=any_version).execute_code_blocks([block(code)])
    assert (result.exit_code, result.output) == (0, 'out\nerr\n[42, "ü"]\n')


def test_an_exception_is_a_failure_and_ends_the_run(make: Any, any_version: str) -> None:
    blocks = [block("print('one')"), block("1 / 0"), block("print('never')")]
    result = make(api_version=any_version).execute_code_blocks(blocks)
    assert result.exit_code == 1
    assert result.output.startswith("one\n")
    assert "ZeroDivisionError" in result.output
    assert "never" not in result.output


def test_state_is_kept_in_the_session_until_restart(make: Any, any_version: str) -> None:
    executor = make(api_version=any_version)
    executor.execute_code_blocks([block("answer = 42")])
    assert executor.execute_code_blocks([block("print(answer)")]).output == "42\n"
    before = executor.session_id
    executor.restart()
    assert executor.session_id != before
    assert "NameError" in executor.execute_code_blocks([block("print(answer)")]).output


def test_a_session_can_be_named_and_shared(make: Any) -> None:
    make(session_id="shared").execute_code_blocks([block("answer = 42")])
    assert make(session_id="shared").execute_code_blocks([block("print(answer)")]).output == "42\n"
    assert "NameError" in make().execute_code_blocks([block("print(answer)")]).output


def test_files_go_up_are_listed_and_come_down(make: Any, tmp_path: Path, any_version: str) -> None:
    data = tmp_path / "some data é.csv"
    data.write_bytes(b"1,2\r\n\xff")
    executor = make(api_version=any_version)
    executor.upload_files([data])
    code = "content = open('some data é.csv', 'rb').read()\nopen('back.bin', 'wb').write(content * 2)"
    assert executor.execute_code_blocks([block(code)]).exit_code == 0
    assert executor.list_files() == ["back.bin", "some data é.csv"]
    (path,) = executor.download_files(["back.bin"])
    assert path == tmp_path / "out" / "back.bin"
    assert path.read_bytes() == b"1,2\r\n\xff1,2\r\n\xff"


@pytest.mark.parametrize("name", ["../escaped", "/tmp/escaped", "..", "", "sub/file", "a\\b"])
def test_a_download_cannot_lead_outside(make: Any, pool: FakeSessionPool, name: str) -> None:
    with pytest.raises(ValueError, match="without directories"):
        make().download_files([name])
    assert pool.requests == []


def test_a_file_that_is_not_there_is_named(make: Any) -> None:
    with pytest.raises(
        SessionPoolError, match=r"missing\.txt does not exist .HTTP 404.*the file does not exist"
    ) as caught:
        make().download_files(["missing.txt"])
    assert caught.value.status == 404


def test_an_image_becomes_a_file(make: Any, tmp_path: Path) -> None:
    code = f"import base64\nclass Picture:\n    def _repr_png_(self): return base64.b64decode('{PIXEL}')\nPicture()"
    result = make().execute_code_blocks([block(code)])
    (file,) = result.output_files
    assert Path(file).parent == tmp_path / "out"
    assert Path(file).read_bytes().startswith(b"\x89PNG")
    assert result.output == f"Image data saved to {file}\n"


def test_a_work_dir_that_is_a_file_is_named(make: Any, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(FileExistsError, match="work_dir must be a directory, but this is a file"):
        make().download_files(["x"])


def test_an_execution_that_goes_on_is_asked_for_until_its_end(make: Any, pool: FakeSessionPool) -> None:
    pool.asynchronous = True
    assert make().execute_code_blocks([block("print(1)")]).output == "1\n"
    assert [path for _, path, _ in pool.requests] == ["/executions", "/executions/0"]


def test_a_timeout_ends_the_code_and_leaves_the_executor_usable(make: Any) -> None:
    executor = make(timeout=1)
    result = executor.execute_code_blocks([block("print('first')"), block("import time\ntime.sleep(600)")])
    assert result.exit_code == 124
    assert result.output.startswith("first\n")
    assert result.output.endswith("\nTimeout")
    assert executor.execute_code_blocks([block("print('again')")]).output == "again\n"


def test_a_pool_that_does_not_answer_in_time_is_a_timeout_too(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autogen_classic.coding.azure_container_apps._session_pool._SECONDS_TO_ANSWER", -0.5)
    result = make(timeout=1).execute_code_blocks([block("import time\ntime.sleep(600)")])
    assert (result.exit_code, result.output) == (124, "\nTimeout")


def test_stop_ends_the_code_that_runs(make: Any, tmp_path: Path) -> None:
    executor = make()
    begun = tmp_path / "begun"
    results: list[Any] = []
    code = f"open({str(begun)!r}, 'w').close()\nimport time\ntime.sleep(600)"
    thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block(code)])))
    thread.start()
    while not begun.exists():
        thread.join(0.01)
    executor.stop()
    thread.join(30)
    assert results[0].exit_code == 130
    assert results[0].output.endswith("\nStopped")


def test_the_end_of_a_with_block_ends_the_session(make: Any, pool: FakeSessionPool) -> None:
    with make() as executor:
        executor.execute_code_blocks([block("1")])
        assert list(pool.sessions) == [executor.session_id]
    assert pool.sessions == {}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_pool_is_asked_again_after_the_time_that_it_names(
    make: Any, pool: FakeSessionPool, waits: list[float], status: int
) -> None:
    pool.refusals = [(status, {"Retry-After": "7"}, {}), (status, {}, {})]
    assert make().execute_code_blocks([block("print(1)")]).output == "1\n"
    assert waits == [7.0, 2.0]


def test_a_retry_after_that_is_a_date_is_understood(make: Any, pool: FakeSessionPool, waits: list[float]) -> None:
    from datetime import datetime, timedelta, timezone
    from email.utils import format_datetime

    then = datetime.now(timezone.utc) + timedelta(seconds=30)
    pool.refusals = [(429, {"Retry-After": format_datetime(then, usegmt=True)}, {})]
    make().execute_code_blocks([block("1")])
    assert 20 < waits[0] <= 30


def test_a_pool_that_stays_busy_is_given_up(make: Any, pool: FakeSessionPool, waits: list[float]) -> None:
    pool.refusals = [(429, {}, {"code": "TooManySessions", "message": "no session is free"})] * 4
    with pytest.raises(SessionPoolError, match=r"TooManySessions: no session is free .HTTP 429.*maximum of sessions"):
        make().execute_code_blocks([block("print(1)")])
    assert len(waits) == 3


def test_nobody_waits_for_an_hour(make: Any, pool: FakeSessionPool, waits: list[float]) -> None:
    pool.refusals = [(429, {"Retry-After": "3600"}, {})]
    with pytest.raises(SessionPoolError, match="HTTP 429"):
        make().execute_code_blocks([block("print(1)")])
    assert waits == []


@pytest.mark.parametrize("status", [500, 502, 504])
def test_code_that_may_have_run_is_not_sent_again(make: Any, pool: FakeSessionPool, status: int) -> None:
    pool.refusals = [(status, {}, {"code": "Broken", "message": "it broke"})]
    with pytest.raises(SessionPoolError, match=f"it broke .HTTP {status}.*try again later"):
        make().execute_code_blocks([block("print(1)")])
    assert len(pool.requests) == 1


def test_a_wrong_token_is_reported_without_it_and_without_the_session(make: Any) -> None:
    executor = make(credential=lambda: "wrong-token")
    with pytest.raises(SessionPoolError, match="Unauthorized.*HTTP 401.*dynamicsessions") as caught:
        executor.execute_code_blocks([block("print(1)")])
    assert "wrong-token" not in str(caught.value)
    assert executor.session_id not in str(caught.value)


def test_a_missing_role_is_named(make: Any, pool: FakeSessionPool) -> None:
    pool.refusals = [(403, {}, {"code": "Forbidden", "message": "no"})]
    with pytest.raises(SessionPoolError, match="Azure ContainerApps Session Executor"):
        make().list_files()


def test_a_pool_out_of_reach_is_named_without_the_session(make: Any) -> None:
    with FakeSessionPool() as gone:
        endpoint = gone.endpoint
    executor = ACADynamicSessionsCodeExecutor(endpoint, lambda: "t")
    with pytest.raises(SessionPoolError, match=r"127\.0\.0\.1 cannot be reached .ConnectionError") as caught:
        executor.execute_code_blocks([block("print(1)")])
    assert executor.session_id not in str(caught.value)


def test_the_token_is_not_sent_elsewhere(make: Any, pool: FakeSessionPool) -> None:
    pool.refusals = [(307, {"Location": "http://localhost:9/elsewhere"}, {})]
    with pytest.raises(SessionPoolError, match="HTTP 307"):
        make().execute_code_blocks([block("print(1)")])


def test_a_credential_of_azure_identity_is_asked_for_its_scope(make: Any, pool: FakeSessionPool) -> None:
    scopes: list[str] = []

    class Credential:
        def get_token(self, scope: str) -> Any:
            scopes.append(scope)
            return SimpleNamespace(token=pool.token)

    assert make(credential=Credential()).execute_code_blocks([block("print(1)")]).exit_code == 0
    assert scopes == ["https://dynamicsessions.io/.default"]


def test_without_a_credential_and_azure_identity_the_error_names_the_extra(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    with pytest.raises(ImportError, match=r'pip install "autogen-classic\[azure\]"'):
        make(credential=None)


def test_a_token_that_is_no_function_is_refused_without_showing_it(make: Any) -> None:
    with pytest.raises(TypeError, match="function that gives a token.*it is str") as caught:
        make(credential="secret-token")
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("endpoint", ["http://example.com/pool", "example.com", ""])
def test_a_token_is_never_sent_in_the_open(endpoint: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        ACADynamicSessionsCodeExecutor(endpoint, lambda: "t")


@pytest.mark.parametrize("timeout", [0, 221])
def test_a_timeout_out_of_range_is_refused(make: Any, timeout: int) -> None:
    with pytest.raises(ValueError, match="1 to 220 seconds"):
        make(timeout=timeout)


def test_another_language_is_a_failure_that_names_both(make: Any) -> None:
    result = make().execute_code_blocks([block("echo 1", "sh")])
    assert (result.exit_code, result.output) == (1, "Unsupported language sh; this pool runs python.\n")


def test_it_is_an_executor_and_no_blocks_are_a_success(make: Any, pool: FakeSessionPool) -> None:
    executor = make()
    assert isinstance(executor, CodeExecutor)
    assert executor.execute_code_blocks([]).exit_code == 0
    assert pool.requests == []
