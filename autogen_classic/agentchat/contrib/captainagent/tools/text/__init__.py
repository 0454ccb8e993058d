"""Tools for texts."""
