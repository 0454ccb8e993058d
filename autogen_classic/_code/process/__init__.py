"""Processes on this machine: run one with a time limit, fence it in, and tell which program it belongs to."""
