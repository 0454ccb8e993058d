"""Bring the answers in a cache of AutoGen 0.2 into a cache of this library.

Entries of 0.2 are pickles, and loading a pickle can run any program. So this process only carries the bytes:
`restricted` runs in a separate Python, without the library, without files and without network, and knows no classes
but stand-ins for the completions of the openai package. What it sends back is JSON, which is checked again here.

`old_directory` reads what 0.2 wrote, `helper` runs the restricted process, `run` puts the two together.
"""

from __future__ import annotations
