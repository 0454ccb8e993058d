"""The version of this library, and the version of AutoGen whose programs it runs."""

__all__ = ("AUTOGEN_VERSION", "RELEASE", "__version__")

AUTOGEN_VERSION = "0.2.40"
"""The version of AutoGen whose programs run unchanged."""

RELEASE = "0.1.0"
"""The version of the distribution autogen-classic, the one that pip shows."""

__version__ = AUTOGEN_VERSION
"""Old programs compare ``autogen.__version__`` with numbers of AutoGen, so this is one. See `RELEASE` for our own."""
