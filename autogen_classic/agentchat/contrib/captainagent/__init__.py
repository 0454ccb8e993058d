"""CaptainAgent: answers by calling in groups of experts; with a builder of groups, and a library of tools."""

from .agent_builder import AgentBuilder
from .captainagent import CaptainAgent
from .tool_retriever import ToolBuilder, format_ag2_tool, get_full_tool_description

__all__ = ("AgentBuilder", "CaptainAgent", "ToolBuilder", "format_ag2_tool", "get_full_tool_description")
