"""Everything is declared in pyproject.toml, but for the notebooks, which lie outside of the package in a checkout."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PLACE = Path("autogen_classic", "cli", "_classroom", "notebooks")


class BuildWithNotebooks(build_py):
    """Puts the notebooks into a wheel, where `autogen-classic classroom` finds them."""

    def run(self) -> None:
        """Build, and copy them."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / PLACE
            target.mkdir(parents=True, exist_ok=True)
            for notebook in sorted((ROOT / "notebook").glob("*.ipynb")):
                shutil.copy(notebook, target)


setup(cmdclass={"build_py": BuildWithNotebooks})
