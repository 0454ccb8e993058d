"""Settings for the whole suite."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

# The tests start hundreds of interpreters, xdist its workers: without bytecode each would compile the package afresh.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A slow machine must not fail a property, and a failure in CI must be the same in the next run.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
