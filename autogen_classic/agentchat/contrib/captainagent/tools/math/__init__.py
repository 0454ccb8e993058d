"""Tools for calculations."""
