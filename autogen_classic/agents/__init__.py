"""Agents that AG2 brought along, made for one kind of work each."""
