"""Tools as objects: a function, what a model is told about it, and what the program fills in for the model."""

# not lazily: the decorator `tool` has the name of its module, which would take its place here
from .dependency_injection import BaseContext, ChatContext, Depends
from .function_utils import get_function_schema, load_basemodels_if_needed, serialize_to_str
from .tool import Tool, tool
from .toolkit import Toolkit

__all__ = (
    "BaseContext",
    "ChatContext",
    "Depends",
    "Tool",
    "Toolkit",
    "get_function_schema",
    "load_basemodels_if_needed",
    "serialize_to_str",
    "tool",
)
