"""The classes of openai before 1.0, for programs that still name them."""

from __future__ import annotations

import logging

from .._legacy.completion import ChatCompletion, Completion
from ..errors import RetiredInterfaceError

__all__ = ("ChatCompletion", "Completion", "RetiredInterfaceError")

logger = logging.getLogger("autogen.oai.completion")

ERROR = None
