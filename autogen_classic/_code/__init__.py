"""The work behind `autogen_classic.code_utils` and the executors: code in messages, processes, and containers."""
