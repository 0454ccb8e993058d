"""Google's settings for calls of tools, at AG2's path: ``tool_config`` of a configuration takes a `ToolConfig`."""

from __future__ import annotations

from google.genai._common import BaseModel as CommonBaseModel
from google.genai._common import CaseInSensitiveEnum, T
from google.genai.types import FunctionCallingConfig, FunctionCallingConfigMode, LatLng, RetrievalConfig, ToolConfig

__all__ = (
    "CaseInSensitiveEnum",
    "CommonBaseModel",
    "FunctionCallingConfig",
    "FunctionCallingConfigMode",
    "LatLng",
    "RetrievalConfig",
    "T",
    "ToolConfig",
)
