"""Processes of this machine: run one with a limit on its time, fence it in, and tell which program it belongs to."""
