"""The version of this library, and the version of AutoGen whose programs it runs."""

__all__ = ("AUTOGEN_VERSION", "__version__")

__version__ = "0.1.0"

AUTOGEN_VERSION = "0.2.40"
"""Old programs compare ``autogen.__version__`` with this kind of number."""
