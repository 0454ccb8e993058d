"""The style of a page and its only script, which searches and unfolds what is folded for a printer."""

from __future__ import annotations

__all__ = ("SCRIPT", "STYLE")

STYLE = """
:root { color-scheme: light dark; --edge: #8886; --soft: #8882; --mark: #b83200; --quiet: #5f6368;
  --ac-keyword: #8530b0; --ac-string: #0a6b35; --ac-comment: #606060; --ac-number: #964800; --ac-name: #1257b0; }
@media screen and (prefers-color-scheme: dark) { :root { --mark: #ff9a66; --quiet: #a8adb3;
  --ac-keyword: #d2a8ff; --ac-string: #7ee2a8; --ac-comment: #a6a6a6; --ac-number: #ffb370; --ac-name: #8ab8ff; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 110ch; padding: 1rem; }
body.two { max-width: 190ch; }
h1, h2 { overflow-wrap: anywhere; line-height: 1.25; } h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; }
main { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
section { min-width: 0; }
article { border: 1px solid var(--edge); border-radius: .5rem; margin: .6rem 0; padding: .5rem .8rem; }
article.failed { border-color: var(--mark); }
article.differs { outline: 3px solid var(--mark); }
article header { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
article header b { color: CanvasText; }
article header strong, .difference { color: var(--mark); }
pre { background: var(--soft); border-radius: .3rem; overflow-wrap: anywhere; padding: .5rem; white-space: pre-wrap;
  font-size: .875rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
img { display: block; max-width: 100%; max-height: 60vh; }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--edge); padding: .2rem .8rem .2rem 0; }
th { text-align: left; } td, thead th + th { text-align: right; }
.wide { margin: 1rem 0; overflow: auto; max-height: 75vh; } .wide svg { color-scheme: inherit !important; }
input { font: inherit; padding: .3rem .5rem; width: 100%; box-sizing: border-box; }
a { color: LinkText; }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
@media print {
  :root { color-scheme: light; } .search { display: none; }
  article, tr { break-inside: avoid; } article:has(pre), article:has(details) { break-inside: auto; }
  .wide { max-height: none; overflow: visible; } svg { max-width: 100%; height: auto; }
}
"""

SCRIPT = """
const field = document.getElementById("search"), found = document.getElementById("found");
const articles = [...document.querySelectorAll("article")];
field.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const article of articles) article.hidden = !article.textContent.toLowerCase().includes(wanted);
  const left = articles.filter(article => !article.hidden).length;
  found.textContent = wanted ? `${left} of ${articles.length} entries` : "";
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && event.target !== field) { field.focus(); event.preventDefault(); }
  if (event.key === "Escape" && event.target === field) { field.value = ""; field.dispatchEvent(new Event("input")); }
});
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open], .again)")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
"""
