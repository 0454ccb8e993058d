"""The library of tools behind ``tool_lib="default"``: functions for calculations, tables and texts.

A library is a folder with subfolders. Each file holds one function of the same name, which stands on its own: what it
needs, it imports in its body, or ``with_requirements`` of `autogen_classic.coding.func_with_reqs` says it. Experts know
of a function what its docstring and its annotations say.
"""
