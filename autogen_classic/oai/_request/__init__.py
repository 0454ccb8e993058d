"""The road of a request: attempts, the cache, answers read and checked, usage, failures."""
