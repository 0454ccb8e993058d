"""Tools for numbers and tables."""
