"""The Docker engine: its client, its containers, and directories shared with them."""
