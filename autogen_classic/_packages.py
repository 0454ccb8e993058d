"""What other packages need around them: an error where one is missing, and silence towards their makers."""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

__all__ = (
    "distribution_of",
    "install_command",
    "keep_jsonschema_light",
    "keep_onnxruntime_silent",
    "llama_cpp",
    "missing_package",
)

_DISTRIBUTIONS = {
    "IPython": "ipython",
    "PIL": "pillow",
    "azure.identity": "azure-identity",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "google.auth": "google-auth",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.storage": "google-cloud-storage",
    "google.generativeai": "google-generativeai",
    "google.genai": "google-genai",
    "google.protobuf": "protobuf",
    "opentelemetry": "opentelemetry-sdk",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "tavily": "tavily-python",
    "vertexai": "google-cloud-aiplatform",
    "yaml": "pyyaml",
}


def distribution_of(module: str) -> str:
    """The name under which pip installs a module that is not there.

    Args:
        module: its full name.
    """
    name = module
    while "." in name and name not in _DISTRIBUTIONS:
        name = name.rpartition(".")[0]
    return _DISTRIBUTIONS.get(name, name)


def install_command(extra: str) -> str:
    """The command that installs the packages of an extra.

    Args:
        extra: the name of the extra.
    """
    return f'pip install "autogen-classic[{extra}]"'


def missing_package(what: str, missing: ImportError | str, extra: str) -> ImportError:
    """The error for a package that is not installed.

    Args:
        what: what needs the package, as the beginning of a sentence.
        missing: the import that failed, or the name of the package.
        extra: the extra that installs it.
    """
    if isinstance(missing, str):
        name: str | None = missing
        needed = missing
    else:
        name = missing.name
        needed = f"{name or 'a package'} ({missing})"
    return ImportError(f"{what} needs {needed}. Install it with: {install_command(extra)}", name=name)


def keep_onnxruntime_silent() -> None:
    """Keep onnxruntime from collecting telemetry, with an id of this machine, from the moment it is loaded.

    Call this before a package is loaded that brings it along. What the program's environment says stays.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


_ADDRESSES = "rfc3987_syntax"
_loading = threading.Lock()


def keep_jsonschema_light() -> None:
    """Load jsonschema without the grammars of international addresses, until somebody checks one.

    Where the packages of Jupyter are installed, jsonschema compiles forty grammars as it is loaded. They take a second
    and a half, several times as long as all of openai. Call this before jsonschema is imported; the formats "iri" and
    "iri-reference" are checked as before, and the first check loads what it needs.
    """
    with _loading:
        if "jsonschema" in sys.modules or _ADDRESSES in sys.modules or find_spec(_ADDRESSES) is None:
            return
        stand_in = ModuleType(_ADDRESSES)
        stand_in.__dict__["is_valid_syntax"] = _is_valid_address
        sys.modules[_ADDRESSES] = stand_in
        try:
            import jsonschema  # noqa: F401
        finally:
            if sys.modules.get(_ADDRESSES) is stand_in:
                del sys.modules[_ADDRESSES]


def _is_valid_address(rule: str, text: str) -> bool:
    return bool(import_module(_ADDRESSES).is_valid_syntax(rule, text))


def llama_cpp() -> ModuleType:
    """Import xllamacpp. Its threads spin while they wait, unless its runtime is told otherwise before it is loaded.

    Raises:
        ImportError: it is not installed, or cannot be loaded.
    """
    if "xllamacpp" not in sys.modules:
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return import_module("xllamacpp")
