"""The conversation engine: no input or output, no provider, no printing."""
