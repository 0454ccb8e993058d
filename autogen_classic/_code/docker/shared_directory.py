"""A directory of this machine that a container sees as its workspace."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import docker.errors

from ...errors import WorkDirNotSharedError
from .engine import release
from .foreign_files import hand_over_command, left_by_others

if TYPE_CHECKING:
    from docker.models.containers import Container

__all__ = ("WORKSPACE", "SharedDirectory")

WORKSPACE = "/workspace"


class SharedDirectory:
    """One directory, with the path that it has for this program and the one it has for the engine.

    Args:
        here: where this program sees it.
        for_engine: where the engine sees it.
    """

    def __init__(self, here: Path, for_engine: Path) -> None:
        self._here = here
        self._for_engine = for_engine
        self._hands_over = hasattr(os, "getuid") and os.getuid() != 0

    def volumes(self) -> dict[str, dict[str, str]]:
        """Write it in the form that the docker package takes for volumes."""
        return {str(self._for_engine.resolve()): {"bind": WORKSPACE, "mode": "rw"}}

    def check(self, container: Container) -> None:
        """Look from the engine's side for a file that was just made on this side.

        Args:
            container: a container of the docker package that has the volume.

        Raises:
            WorkDirNotSharedError: it is not there.
        """
        assert container.client is not None  # it was made by one
        with tempfile.NamedTemporaryFile(dir=self._here, prefix=".autogen-classic-") as marker:
            try:
                content, _ = container.get_archive(f"{WORKSPACE}/{Path(marker.name).name}")
                b"".join(content)
            except docker.errors.NotFound as error:
                release(error)
                raise WorkDirNotSharedError(
                    f"The Docker engine ({container.client.api.base_url}) does not see work_dir {self._here}: the "
                    f"directory {self._for_engine} there is a different one. If the engine runs on another machine, or "
                    "this program in a container, choose a work_dir that both share and name in bind_dir the path "
                    "that it has where the engine runs."
                ) from None
            except docker.errors.APIError as error:  # it cannot tell, as with images that contain almost nothing
                release(error)

    def hand_over(self, container: Container) -> None:
        """Make you the owner of files that code wrote as another user; otherwise you could not delete them.

        Args:
            container: a container of the docker package that has the volume.
        """
        if not self._hands_over:
            return
        if command := hand_over_command(self._here, WORKSPACE):
            with suppress(docker.errors.APIError):
                container.exec_run(command, user="0")
            self._hands_over = not any(left_by_others(self._here))  # trying once more would not help
