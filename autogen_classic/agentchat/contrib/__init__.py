"""Agents and capabilities beside the core. Import the module that you need; each says which extra it wants."""
