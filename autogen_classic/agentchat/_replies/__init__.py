"""The built-in replies, one file each: a person, tools, code, a model."""
