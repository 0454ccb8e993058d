"""What the project claims about speed and memory, measured beside AutoGen 0.2.40 and AG2 0.14.1 in one run.

``python benchmarks/run.py`` (or ``make bench``) runs everything. Each file of ``scripts`` is one benchmark.
"""
