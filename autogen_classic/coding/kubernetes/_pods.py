"""Pods of a cluster: create one, wait until it runs, read why it does not, delete it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..._packages import missing_package
from ...errors import PodError

__all__ = ("Pod", "load_cluster", "pod_for_code")

_SERVICE_ACCOUNT_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
_SECONDS_BETWEEN_READS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.0)
# Waiting longer does not cure these; a slow image or a full cluster may still come right.
_HOPELESS = frozenset(
    (
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "ErrImageNeverPull",
        "ImagePullBackOff",
        "InvalidImageName",
        "RunContainerError",
    )
)
_LABELS = {"app.kubernetes.io/managed-by": "autogen-classic", "app.kubernetes.io/component": "code-executor"}

T = TypeVar("T")


def _kubernetes() -> Any:
    try:
        import kubernetes
    except ImportError as error:
        raise missing_package("PodCommandLineCodeExecutor", error, "kubernetes") from error
    return kubernetes


def load_cluster(kube_config_file: str | None) -> tuple[Any, str | None]:
    """Find out where the cluster is and how to log in, as kubectl does.

    Args:
        kube_config_file: the configuration file; None for the one that KUBECONFIG names, else ~/.kube/config, else
            the service account of the pod that this program itself runs in.

    Returns:
        A separate `kubernetes.client.Configuration` (the default one stays as it is), and the namespace that the
        configuration names.

    Raises:
        kubernetes.config.ConfigException: no configuration was found, or it cannot be used.
    """
    config = _kubernetes().config
    configuration = _kubernetes().client.Configuration()
    places = str(kube_config_file or config.KUBE_CONFIG_DEFAULT_LOCATION).split(":")
    if kube_config_file is None and not any(Path(place).expanduser().exists() for place in places):
        config.load_incluster_config(client_configuration=configuration)
        own = _SERVICE_ACCOUNT_NAMESPACE
        return configuration, own.read_text(encoding="utf-8").strip() if own.is_file() else None
    config.load_kube_config(config_file=kube_config_file, client_configuration=configuration)
    _, active = config.list_kube_config_contexts(config_file=kube_config_file)
    return configuration, active.get("context", {}).get("namespace")


def pod_for_code(name: str, namespace: str, image: str, container_name: str) -> Any:
    """Describe a pod that does nothing until code is run in it.

    The code in it finds no token for the cluster, cannot gain rights, and is not told about any services.

    Args:
        name: the name of the pod.
        namespace: the namespace of the pod.
        image: an image that has a shell and what the code needs.
        container_name: the name of its only container.

    Returns:
        A `kubernetes.client.V1Pod`.
    """
    client = _kubernetes().client
    wait = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"
    container = client.V1Container(
        name=container_name,
        image=image,
        command=["/bin/sh", "-c", wait],
        security_context=client.V1SecurityContext(allow_privilege_escalation=False),
    )
    return client.V1Pod(
        api_version="v1",
        kind="Pod",
        metadata=client.V1ObjectMeta(name=name, namespace=namespace, labels=dict(_LABELS)),
        spec=client.V1PodSpec(
            containers=[container],
            restart_policy="Never",
            automount_service_account_token=False,
            enable_service_links=False,
            termination_grace_period_seconds=2,
        ),
    )


class Pod:
    """One pod of a cluster, described and perhaps not yet created.

    Args:
        configuration: says where the cluster is.
        description: a `kubernetes.client.V1Pod` with a name.
        namespace: where it is to live.
        container_name: the container in which code runs.
    """

    def __init__(self, configuration: Any, description: Any, namespace: str, container_name: str) -> None:
        self.configuration = configuration
        self.namespace = namespace
        self.name: str = description.metadata.name
        self.container_name = container_name
        self._description = description
        client = _kubernetes().client
        self._api = client.CoreV1Api(client.ApiClient(configuration))

    def create(self, patience: float) -> None:
        """Create the pod and wait until it runs; if it does not, it is deleted again.

        Args:
            patience: how long to wait, in seconds.

        Raises:
            PodError: it cannot be created, or does not run in time.
        """
        self._ask("Creating pod", lambda: self._api.create_namespaced_pod(self.namespace, self._description))
        try:
            self._wait_until_it_runs(time.monotonic() + patience, patience)
        except BaseException:
            self.delete()
            raise

    def delete(self) -> None:
        """Delete the pod; nothing happens if it is already gone.

        Raises:
            PodError: the cluster refuses.
        """
        self._ask("Deleting pod", lambda: self._api.delete_namespaced_pod(self.name, self.namespace), gone_is_fine=True)

    def why_not(self) -> str:
        """Tell why no code can run in the pod; "" if it can.

        Raises:
            PodError: the cluster does not say.
        """
        pod = self._read()
        if pod is None:
            return "it does not exist (any more)"
        if pod.metadata.deletion_timestamp is not None:
            return "it is being deleted"
        return "" if pod.status.phase == "Running" else f"it is {pod.status.phase}{_reason(pod, self.container_name)}"

    def _wait_until_it_runs(self, end: float, patience: float) -> None:
        """Read the state of the pod until it runs; PodError if it cannot, or does not in time."""
        pauses = iter(_SECONDS_BETWEEN_READS)
        while True:
            pod = self._read()
            if pod is None:
                raise PodError(f"The pod {self.name} was deleted before it ran.")
            if pod.status.phase == "Running":
                return
            reason = _reason(pod, self.container_name)
            if pod.status.phase in ("Failed", "Succeeded") or _is_hopeless(pod):
                raise PodError(f"The pod {self.name} does not run: it is {pod.status.phase}{reason}.")
            if time.monotonic() > end:
                raise PodError(
                    f"The pod {self.name} did not run within {patience:g} seconds: it is {pod.status.phase}{reason}. "
                    "If it only needs more time, such as for a large image, set start_timeout."
                )
            time.sleep(next(pauses, _SECONDS_BETWEEN_READS[-1]))

    def _read(self) -> Any:
        return self._ask(
            "Reading pod", lambda: self._api.read_namespaced_pod_status(self.name, self.namespace), gone_is_fine=True
        )

    def _ask(self, doing: str, request: Callable[[], T], gone_is_fine: bool = False) -> T | None:
        import urllib3

        try:
            return request()
        except _kubernetes().client.ApiException as error:
            if error.status == 404 and gone_is_fine:
                return None
            raise PodError(f"{doing} {self.namespace}/{self.name} failed: {_words_of(error)}") from None
        except urllib3.exceptions.HTTPError as error:
            raise PodError(
                f"{doing} {self.namespace}/{self.name} failed: the API server {self.configuration.host} cannot be "
                f"reached ({type(error).__name__}). Is the cluster running, and is this the right configuration?"
            ) from None


def _words_of(error: Any) -> str:
    """What an API server says about a request that it refuses."""
    import json

    try:
        message = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        message = error.reason or "no reason given"
    hint = {
        401: " Log in to the cluster again, or name another kube_config_file.",
        403: " The account needs the rights to create and delete pods, get pods/status, and create and get pods/exec.",
    }.get(error.status, "")
    return f"{message} (HTTP {error.status}).{hint}"


def _statuses(pod: Any) -> list[Any]:
    return [*(pod.status.init_container_statuses or []), *(pod.status.container_statuses or [])]


def _is_hopeless(pod: Any) -> bool:
    return any(
        status.state is not None and status.state.waiting is not None and status.state.waiting.reason in _HOPELESS
        for status in _statuses(pod)
    )


def _reason(pod: Any, container_name: str) -> str:
    """Why a pod is in its state, in the words of the cluster, as an addition to a sentence."""
    found = [f"{pod.status.reason or ''} {pod.status.message or ''}".strip()]
    for status in _statuses(pod):
        state = status.state and (status.state.waiting or status.state.terminated)
        if state:
            code = getattr(state, "exit_code", None)
            words = [state.reason, state.message, None if code is None else f"exit code {code}"]
            found.append(f"container {status.name}: " + ", ".join(word for word in words if word))
    for condition in pod.status.conditions or []:
        if condition.type == "PodScheduled" and condition.status == "False":
            found.append(f"{condition.reason}: {condition.message}")
    reasons = "; ".join(text for text in found if text)
    return f" ({reasons})" if reasons else ""
