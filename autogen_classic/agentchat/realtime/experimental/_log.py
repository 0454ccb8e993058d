"""Where agents that speak write what they notice, unless a program gives them another place."""

import logging

__all__ = ("global_logger",)

global_logger = logging.getLogger("autogen.agentchat.realtime")
