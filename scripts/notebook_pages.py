"""Make pages of the documentation from the notebooks; `scripts/docs_pages.py` writes them.

Texts stay as they are, with links that fit the site. Code and what it has shown become blocks of plain text, in which
nothing is HTML or Markdown; pictures become ``data:`` addresses of ``<img>``, in which no script runs.
"""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from typing import Any

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINK = re.compile(r"(?<=\]\()(?:\.\./website/docs/(?P<page>[^)\s]+)|(?P<notebook>[^)\s/]+)\.ipynb)")
_DESCRIPTION = re.compile(r"<desc\b[^>]*>(.*?)</desc>", re.DOTALL)
_OUTPUT = 'text title="Output"'
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


def notebook_pages(folder: Path) -> dict[str, str]:
    """The pages of all notebooks, and one with their table.

    Args:
        folder: where the notebooks and their README are.

    Returns:
        The Markdown of each page by its file name: ``index.md``, ``01-introduction.md`` and so on.
    """
    notebooks = sorted(folder.glob("[0-9]*.ipynb"))
    index = index_page((folder / "README.md").read_text(encoding="utf-8"))
    return {"index.md": index, **{path.with_suffix(".md").name: notebook_page(path) for path in notebooks}}


def index_page(readme: str) -> str:
    """The page with the table of the notebooks.

    Args:
        readme: the text of the README beside them; what follows its first second-level heading is for authors.

    Returns:
        Its Markdown; the links lead to pages of the site.
    """
    for_readers = readme.partition("\n## ")[0]
    return _LINK.sub(_link_within_site, re.sub("<!--.*?-->\n", "", for_readers)) + "\n"


def notebook_page(path: Path) -> str:
    """The page of one notebook.

    Args:
        path: the notebook, in format 4.

    Returns:
        Its Markdown; links to other notebooks and to pages of the site lead to these pages.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    parts = [f"[This page as a notebook, to run it]({path.name})"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            parts.append(_LINK.sub(_link_within_site, _text(cell["source"])))
        else:
            parts.append(_block("python", _text(cell["source"])))
            parts += [_shown(output) for output in _joined(cell["outputs"])]
    title = parts.pop(1)
    return "\n\n".join([title, *parts]) + "\n"


def _link_within_site(link: re.Match[str]) -> str:
    return f"../{link['page']}" if link["page"] else f"{link['notebook']}.md"


def _joined(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs with each run of texts joined, as a reader sees them."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        if "text" in output and joined and "text" in joined[-1]:
            joined[-1] = {"text": joined[-1]["text"] + _text(output["text"])}
        else:
            joined.append({"text": _text(output["text"])} if "text" in output else output)
    return joined


def _shown(output: dict[str, Any]) -> str:
    """One output: a picture where it has one, else its text."""
    if "text" in output:
        return _block(_OUTPUT, output["text"])
    if "ename" in output:
        return _block(_OUTPUT, f"{output['ename']}: {output['evalue']}")
    data = output["data"]
    text = _text(data.get("text/plain", ""))
    for kind in _PICTURES:
        if kind in data:
            content = _text(data[kind])
            encoded = (
                base64.b64encode(content.encode()).decode() if kind == "image/svg+xml" else "".join(content.split())
            )
            described = _DESCRIPTION.search(content)
            alternative = html.unescape(described[1]) if described else text
            return f'<img src="data:{kind};base64,{encoded}" alt="{html.escape(" ".join(alternative.split()))}">'
    return _block(_OUTPUT, text)


def _block(head: str, text: str) -> str:
    """A block of code or plain text, whatever stands in it; the head names its language."""
    text = _COLOUR.sub("", text).strip("\n")
    text = text.replace("--8<--", ";--8<--")  # in blocks, too, this would take in a file
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`{3,}", text))])
    return f"{fence}{head}\n{text}\n{fence}"


def _text(source: str | list[str]) -> str:
    """A text, which a notebook may hold as a list of lines."""
    return source if isinstance(source, str) else "".join(source)
