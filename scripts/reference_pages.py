"""The pages of the reference: which public module stands on which page, and which of its names are shown there.

A module is public when no part of its path begins with an underscore. What it says about its names comes from
docstrings, when the documentation is built.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = "autogen_classic"

# The command line is for people, not for programs, and __main__ starts it.
NOT_IN_THE_REFERENCE = (f"{PACKAGE}.cli", f"{PACKAGE}.__main__")


@dataclass(frozen=True)
class Page:
    """A page of the reference.

    Attributes:
        title: its heading.
        introduction: the sentence below it.
        rooms: which modules it shows, with all that is below them; the longest path that fits a module wins.
    """

    title: str
    introduction: str
    rooms: tuple[str, ...]


PAGES = {
    "agents": Page("Agents", "The agents, the result of a chat, and chats in a queue.", ("agentchat",)),
    "groups": Page(
        "Groups",
        "Conversations of more than two agents, and who speaks next. The guide is [Groups](../groups.md).",
        ("agentchat.groupchat", "agentchat.group", "graph_utils"),
    ),
    "contrib": Page("Contrib", "Agents and helpers for special tasks; each needs an extra.", ("agentchat.contrib",)),
    "tools": Page(
        "Tools",
        "Tools as objects, what a program fills in for them, and what MCP servers offer. The guides are "
        "[Tools](../tools.md) and [MCP servers](../mcp.md).",
        ("tools", "function_utils", "mcp", "fast_depends"),
    ),
    "models": Page(
        "Models",
        "The wrapper around model clients, configurations, and one module for each provider. The guides are "
        "[Providers](../providers.md) and [Configurations](../configuration.md).",
        ("oai", "llm_config"),
    ),
    "cache": Page("Caches", "Answers that are kept. The guide is [The cache](../caching.md).", ("cache",)),
    "coding": Page(
        "Code execution",
        "What finds and runs the code in a message. The guide is [Code execution](../code-execution.md).",
        ("coding", "code_utils"),
    ),
    "io": Page(
        "Input and output",
        "Where text is printed and a person is asked. The guide is [Human input](../human-input.md).",
        ("io",),
    ),
    "events": Page(
        "Events",
        "What a subscriber sees. The guide is [Events](../events.md).",
        ("events",),
    ),
    "logging": Page(
        "Logging",
        "What agents do, written to a database, a file or a logger of your own. The guide is [Logging](../logging.md).",
        ("logger", "runtime_logging"),
    ),
    "errors": Page(
        "Errors",
        "What can be raised. The guide is [When something fails](../errors.md).",
        ("errors", "exception_utils"),
    ),
    "serving": Page(
        "Serving",
        "Servers that offer agents to other programs. The guide is [Serving agents](../serving.md).",
        ("serving",),
    ),
    "testing": Page(
        "Testing",
        "Test doubles for programs that use agents. The guide is [Testing your agents](../testing-your-agents.md).",
        ("testing",),
    ),
    "replay": Page(
        "Record and replay",
        "Runs that are written down and run again. The guide is [Record and replay](../record-and-replay.md).",
        ("replay",),
    ),
    "state": Page(
        "Save, kill, resume",
        "Agents that are saved and loaded, and the journal. The guide is [Save, kill, resume](../state.md).",
        ("state",),
    ),
    "compat": Page(
        "Drop-in use", "How `import autogen` comes to mean this library; see [the guide](../drop-in.md).", ("compat",)
    ),
    "helpers": Page("Helpers", "Smaller modules.", ("",)),
}

INDEX = """\
# Reference

These pages are made from the docstrings of the library. A name is found below `autogen_classic` at the path that it had
below `autogen` in 0.2.40; the names that most programs use can be imported from `autogen_classic` itself.

| Module below `autogen_classic` | What it is |
|---|---|
"""


@dataclass
class Module:
    """A public module.

    Attributes:
        path: its dotted path.
        summary: the first line of its docstring.
        shown: the names that are shown on its page: those it defines, and those that have no other public home. None
            shows all that it defines.
    """

    path: str
    summary: str
    shown: list[str] | None = field(default=None)


def public_modules(package: Path) -> dict[str, Module]:
    """Find the public modules.

    Args:
        package: the folder of the package.

    Returns:
        The modules by their dotted paths.
    """
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        path = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not is_private(path) and not path.startswith(NOT_IN_THE_REFERENCE):
            found[path] = _read(path, file)
    return found


def is_private(path: str) -> bool:
    """Whether a part of a dotted path begins with an underscore."""
    return any(part.startswith("_") for part in path.split("."))


def page_of(path: str) -> str:
    """The page on which a module is shown."""
    room = path.removeprefix(PACKAGE).removeprefix(".")
    if not room:
        return "index"
    fitting = [
        (len(prefix), name)
        for name, page in PAGES.items()
        for prefix in page.rooms
        if not prefix or room == prefix or room.startswith(f"{prefix}.")
    ]
    return max(fitting)[1]


def reference_pages(package: Path) -> dict[str, str]:
    """Write the pages.

    Args:
        package: the folder of the package.

    Returns:
        The text of each page by the name of its file.
    """
    modules = public_modules(package)
    pages = {f"{name}.md": f"# {page.title}\n\n{page.introduction}\n" for name, page in PAGES.items()}
    index = INDEX
    for path, module in modules.items():
        page = page_of(path)
        if page != "index":
            pages[f"{page}.md"] += f"\n{_directive(module)}"
            index += f"| [`{path.removeprefix(f'{PACKAGE}.')}`]({page}.md#{path}) | {module.summary} |\n"
    pages["index.md"] = f"{index}\n{_directive(modules[PACKAGE])}"
    return pages


def _directive(module: Module) -> str:
    """What mkdocstrings puts the documentation of a module in the place of."""
    if module.shown is None:
        return f"::: {module.path}\n"
    return f"::: {module.path}\n    options:\n      members: {module.shown}\n"


def _read(path: str, file: Path) -> Module:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    summary = (ast.get_docstring(tree) or "").partition("\n")[0].replace("|", "\\|")
    package = path if file.name == "__init__.py" else path.rpartition(".")[0]
    homes = _homes_of_imported_names(tree, package)
    if file.name != "__init__.py":
        return Module(path, summary)
    exported = _exported(tree)
    if exported is None:  # it passes on all that another module exports
        return Module(path, summary)
    defined = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return Module(path, summary, [name for name in exported if name in defined or is_private(homes.get(name, ""))])


def _exported(tree: ast.Module) -> list[str] | None:
    """The names of ``__all__``; None where they are not written down here."""
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                return [constant.value for constant in ast.walk(node) if isinstance(constant, ast.Constant)]
    stars = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
    return None if stars else []


def _homes_of_imported_names(tree: ast.Module, package: str) -> dict[str, str]:
    """The modules from which names are imported, also under TYPE_CHECKING."""
    homes = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            homes.update({alias.asname or alias.name: module for alias in node.names})
    return homes
