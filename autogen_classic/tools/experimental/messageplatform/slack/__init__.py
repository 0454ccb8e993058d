"""Tools that send and read messages on Slack."""

from .slack import SlackRetrieveRepliesTool, SlackRetrieveTool, SlackSendTool

__all__ = ("SlackRetrieveRepliesTool", "SlackRetrieveTool", "SlackSendTool")
