"""Code in a pod: how the pod comes and goes, and what the cluster may say. What all executors do: conformance/."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("kubernetes")
pytest.importorskip("websockets")

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fake_cluster import FakeCluster
from kubernetes import client

from autogen_classic.coding import CodeBlock
from autogen_classic.coding.kubernetes import PodCommandLineCodeExecutor, PodError

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the pods of the tests need /proc")


def block(code: str, language: str = "python") -> CodeBlock:
    return CodeBlock(code=code, language=language)


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with FakeCluster(("default", "team"), broken_images={"bad:1": "ImagePullBackOff"}) as cluster:
        yield cluster


@pytest.fixture
def make(cluster: FakeCluster, tmp_path: Path) -> Any:
    """Make an executor that works in tmp_path/pod; all are gone after the test, with their cluster."""

    def make(**settings: Any) -> PodCommandLineCodeExecutor:
        defaults = {
            "kube_config_file": cluster.kube_config(tmp_path),
            "work_dir": tmp_path / "pod",
            "stop_container": False,
        }
        return PodCommandLineCodeExecutor(**{**defaults, **settings})

    return make


def a_pod(container: str = "main", name: str | None = "own-pod", namespace: str | None = None) -> Any:
    containers = [client.V1Container(name=container, image="python:3-slim")]
    return client.V1Pod(
        metadata=client.V1ObjectMeta(name=name, namespace=namespace), spec=client.V1PodSpec(containers=containers)
    )


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]
    except OSError:
        return False
    return state not in "ZX"


def test_the_pod_has_labels_and_no_token_of_the_cluster(cluster: FakeCluster, make: Any) -> None:
    make()
    (pod,) = cluster.pods.values()
    assert pod["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "autogen-classic"
    assert pod["spec"]["automountServiceAccountToken"] is False
    (container,) = pod["spec"]["containers"]
    assert (container["image"], container["name"]) == ("python:3-slim", "autogen-code-exec")
    assert container["securityContext"] == {"allowPrivilegeEscalation": False}


def test_names_can_be_chosen(cluster: FakeCluster, make: Any) -> None:
    make(pod_name="mine", namespace="team", image="other:1", container_name="here")
    (container,) = cluster.pods["team", "mine"]["spec"]["containers"]
    assert (container["image"], container["name"]) == ("other:1", "here")


def test_the_namespace_is_that_of_the_configuration_else_default(
    cluster: FakeCluster, make: Any, tmp_path: Path
) -> None:
    make(kube_config_file=cluster.kube_config(tmp_path, namespace="team"))
    make(kube_config_file=cluster.kube_config(tmp_path))
    assert [namespace for namespace, _ in cluster.pods] == ["team", "default"]


def test_the_configuration_is_found_where_kubectl_finds_it(
    cluster: FakeCluster, make: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = cluster.kube_config(tmp_path)
    monkeypatch.setattr("kubernetes.config.KUBE_CONFIG_DEFAULT_LOCATION", path)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", path)
    assert make(kube_config_file=None).execute_code_blocks([block("print(1)")]).output == "1\n"


def test_the_default_configuration_of_the_program_stays_as_it_is(cluster: FakeCluster, make: Any) -> None:
    before = client.Configuration.get_default_copy().host
    make()
    assert client.Configuration.get_default_copy().host == before != cluster.url


def test_a_pod_of_ones_own_is_created_as_it_is(cluster: FakeCluster, make: Any) -> None:
    executor = make(pod_spec=a_pod(namespace="team"), pod_name="ignored", namespace="default")
    assert list(cluster.pods) == [("team", "own-pod")]
    assert executor.execute_code_blocks([block("print(1)")]).exit_code == 0


def test_a_container_that_the_pod_does_not_have_is_refused(cluster: FakeCluster, make: Any) -> None:
    with pytest.raises(ValueError, match="no container 'other'.*main"):
        make(pod_spec=a_pod(), container_name="other")
    assert cluster.pods == {}


def test_a_pod_without_a_name_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"metadata\.name"):
        make(pod_spec=a_pod(name=None))


@pytest.mark.parametrize("timeout", [0, -1, 0.5])
def test_a_timeout_below_one_is_refused(make: Any, timeout: float) -> None:
    with pytest.raises(ValueError, match=r"^Timeout must be greater than or equal to 1\.$"):
        make(timeout=timeout)


def test_a_pod_that_cannot_start_is_reported_with_its_reason_and_deleted(cluster: FakeCluster, make: Any) -> None:
    with pytest.raises(PodError, match='does not run: it is Pending.*ImagePullBackOff, Back-off pulling image "bad:1"'):
        make(image="bad:1")
    assert cluster.pods == {}


def test_a_pod_that_does_not_start_in_time_is_reported_and_deleted(cluster: FakeCluster, make: Any) -> None:
    cluster.reads_until_running = 1000
    with pytest.raises(PodError, match=r"within 0\.1 seconds.*ContainerCreating.*start_timeout"):
        make(start_timeout=0.1)
    assert cluster.pods == {}


def test_what_the_cluster_refuses_is_told_in_its_words_without_the_token(
    cluster: FakeCluster, make: Any, tmp_path: Path
) -> None:
    make(pod_name="twice")
    with pytest.raises(PodError, match=r'^Creating pod default/twice failed: pods "twice" already exists'):
        make(pod_name="twice")
    with pytest.raises(PodError, match='namespaces "nowhere" not found'):
        make(namespace="nowhere")
    with pytest.raises(PodError, match="Unauthorized .HTTP 401.*Log in") as caught:
        make(kube_config_file=cluster.kube_config(tmp_path, token="wrong-token"))
    assert "wrong-token" not in str(caught.value)


def test_a_cluster_out_of_reach_is_named(tmp_path: Path) -> None:
    with FakeCluster() as cluster:
        config = cluster.kube_config(tmp_path)
    with pytest.raises(PodError, match=f"API server {cluster.url} cannot be reached"):
        PodCommandLineCodeExecutor(kube_config_file=config)


def test_output_comes_before_errors_and_the_file_is_that_in_the_pod(make: Any, tmp_path: Path) -> None:
    code = "# filename: sub/both.py\nimport sys\nprint('err', file=sys.stderr)\nprint('out')"
    result = make().execute_code_blocks([block(code)])
    assert (result.exit_code, result.output) == (0, "out\nerr\n")
    assert result.code_file == str(tmp_path / "pod" / "sub" / "both.py")
    assert (tmp_path / "pod" / "sub" / "both.py").read_text(encoding="utf-8") == code


def test_code_arrives_as_it_was_written(make: Any) -> None:
    code = "print('$HOME `id` \\\\ ü 🎉')\nEOM = '''\nEOM\n'''\nprint(len(EOM))"
    assert make().execute_code_blocks([block(code)]).output == "$HOME `id` \\ ü 🎉\n5\n"


def test_code_of_a_megabyte_arrives_whole(make: Any) -> None:
    assert make().execute_code_blocks([block(f"print(len('{'é' * 500_000}'))")]).output == "500000\n"


def test_characters_cut_in_two_by_the_connection_arrive_whole(make: Any) -> None:
    code = "import sys, time\nfor part in '🎉'.encode():\n    sys.stdout.buffer.write(bytes([part]))\n"
    code += "    sys.stdout.buffer.flush()\n    time.sleep(0.02)"
    assert make().execute_code_blocks([block(code)]).output == "🎉"


def test_a_long_output_is_cut_in_the_middle(make: Any) -> None:
    result = make(max_output=100).execute_code_blocks([block("print('a' * 5000 + 'z' * 5000)")])
    assert result.output.startswith("a" * 50 + "\n[... 9901 bytes are cut out here ...]")
    assert result.output.endswith("zzz\n")


def test_languages_are_run_saved_or_refused(make: Any, tmp_path: Path) -> None:
    executor = make(execution_policies={"sh": False})
    for language in ("javascript", "js", "css", "sh"):
        result = executor.execute_code_blocks([block("x", language)])
        assert (result.exit_code, result.output) == (0, f"Code saved to {result.code_file}\n")
    assert executor.execute_code_blocks([block("print(1)", "PY")]).output == "1\n"
    assert executor.execute_code_blocks([block("echo $0", "bash")]).output.strip().endswith(".sh")
    refused = executor.execute_code_blocks([block("print(1, end='')"), block("x", "basic")])
    assert (refused.exit_code, refused.output) == (1, "1Unsupported language basic\n")


def test_a_program_that_the_image_lacks_is_a_failure_that_the_model_can_read(make: Any) -> None:
    result = make(execution_policies={"pwsh": True}).execute_code_blocks([block("x", "pwsh")])
    assert result.exit_code == 127
    assert "pwsh" in result.output


def test_a_directory_that_cannot_be_made_is_reported(make: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(PodError, match="cannot be saved to tmp_code_.*(exists|Not a directory)"):
        make(work_dir=tmp_path / "file").execute_code_blocks([block("print(1)")])


def test_code_gets_no_input_and_nothing_of_this_programs_environment(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    result = make().execute_code_blocks([block("import os, sys\nprint(sys.stdin.read(), os.environ)")])
    assert result.exit_code == 0
    assert "sk-planted" not in result.output


def test_a_timeout_keeps_the_output_of_all_blocks(make: Any) -> None:
    sleeper = "print('begun')\nimport time\ntime.sleep(600)"
    result = make(timeout=5).execute_code_blocks([block("print('first')"), block(sleeper), block("print('never')")])
    assert (result.exit_code, result.output) == (124, "first\nbegun\n\nTimeout")


def test_an_exit_code_of_124_is_no_timeout(make: Any) -> None:
    result = make().execute_code_blocks([block("raise SystemExit(124)")])
    assert (result.exit_code, result.output) == (124, "")


def test_a_pod_that_is_lost_during_execution_is_a_failure_with_the_output_so_far(
    cluster: FakeCluster, make: Any
) -> None:
    executor = make(pod_name="frail")
    results: list[Any] = []
    code = "print('so far')\nimport time\ntime.sleep(600)"
    thread = threading.Thread(target=lambda: results.append(executor.execute_code_blocks([block(code)])))
    thread.start()
    while b"so far\n" not in b"".join(cluster.sent):
        thread.join(0.01)
    cluster.end_pod("default", "frail")
    thread.join(30)
    assert results[0].exit_code == 1
    assert results[0].output.startswith("so far\n")
    assert "The pod frail did not end the code: it does not exist" in results[0].output


def test_a_pod_that_is_gone_is_named_and_restart_makes_it_anew(cluster: FakeCluster, make: Any) -> None:
    executor = make(pod_name="frail")
    cluster.end_pod("default", "frail")
    with pytest.raises(PodError, match=r"No code can run in the pod frail: it does not exist.*restart\(\)"):
        executor.execute_code_blocks([block("print(1)")])
    executor.restart()
    assert executor.execute_code_blocks([block("print(1)")]).output == "1\n"


def test_restart_ends_what_code_left_running_and_keeps_pod_and_files(
    cluster: FakeCluster, make: Any, tmp_path: Path
) -> None:
    executor = make(pod_name="kept")
    code = (
        "import subprocess\nprint(subprocess.Popen(['sleep', '600'], start_new_session=True, stdout=-3, stderr=-3).pid)"
    )
    pid = int(executor.execute_code_blocks([block(code), block("open('note', 'w').close()")]).output)
    assert runs(pid)
    executor.restart()
    assert not runs(pid)
    assert list(cluster.pods) == [("default", "kept")]
    assert (tmp_path / "pod" / "note").exists()


def test_stop_and_the_end_of_a_with_block_delete_the_pod(cluster: FakeCluster, make: Any) -> None:
    with make() as executor:
        assert len(cluster.pods) == 1
    assert cluster.pods == {}
    executor.stop()


@pytest.mark.parametrize(("stop_container", "left"), [(True, 0), (False, 1)])
def test_the_pod_is_deleted_when_the_program_ends_unless_it_shall_stay(
    cluster: FakeCluster, tmp_path: Path, stop_container: bool, left: int
) -> None:
    program = (
        "from autogen_classic.coding.kubernetes import PodCommandLineCodeExecutor as Pod\n"
        f"Pod(kube_config_file={cluster.kube_config(tmp_path)!r}, stop_container={stop_container})"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).resolve().parents[2])
    assert len(cluster.pods) == left


def test_eight_threads_share_one_pod(make: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    executor = make()
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda n: executor.execute_code_blocks([block(f"print({n})")]).output, range(8)))
    assert outputs == [f"{n}\n" for n in range(8)]


def test_without_the_package_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    with pytest.raises(ImportError, match=r'pip install "autogen-classic\[kubernetes\]"'):
        PodCommandLineCodeExecutor()
