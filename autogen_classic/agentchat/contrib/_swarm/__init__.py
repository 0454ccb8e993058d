"""What is behind the swarms of `autogen_classic.agentchat.contrib.swarm_agent`."""
