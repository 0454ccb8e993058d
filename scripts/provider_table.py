"""Run every feature over every provider, and write the table of the docs from what passed.

python scripts/provider_table.py    # needs the SDKs of all providers: pip install -e .[test]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "website" / "providers-table.md"


def main() -> int:
    """Run the matrix.

    Returns:
        The exit code: 0 when the table was written.
    """
    TABLE.unlink(missing_ok=True)
    tests = ["test/oai/providers/test_matrix.py", "-q", "-k", "not table_in_the_docs", f"--provider-table={TABLE}"]
    finished = subprocess.run([sys.executable, "-m", "pytest", *tests], cwd=ROOT, check=False)
    if finished.returncode == 0:
        print(f"Written: {TABLE.relative_to(ROOT)}")
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
