"""Agents that speak: `autogen_classic.agentchat.realtime.experimental`, as in AG2 0.7 to 0.13."""
