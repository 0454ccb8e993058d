"""The rooms behind ``autogen-classic chat``: a team from a file, a terminal, a conversation that is kept."""
