"""Private parts of `autogen_classic.code_utils`: processes, languages, containers, and code written by a model."""
