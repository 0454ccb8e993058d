"""In CI nothing may be skipped for want of a program that could have been installed."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    not (os.environ.get("CI") and sys.platform.startswith("linux")), reason="only CI has to have everything"
)


@pytest.mark.parametrize("program", ["bwrap", "redis-server", "chromium", "chromedriver", "docker", "prlimit"])
def test_ci_has_the_program(program: str) -> None:
    assert shutil.which(program), "run scripts/test-services"


@pytest.mark.parametrize("image", ["python:3-slim", "autogen-classic/jupyter:latest"])
def test_ci_has_a_docker_engine_with_the_image(image: str) -> None:
    found = subprocess.run(["docker", "image", "inspect", image], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr + "run scripts/docker-engine"


@pytest.mark.parametrize(
    "package", ["anthropic", "boto3", "cohere", "google.genai", "mistralai", "ollama", "together", "xllamacpp"]
)
def test_ci_has_the_package(package: str) -> None:
    importlib.import_module(package)
