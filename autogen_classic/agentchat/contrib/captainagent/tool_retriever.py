"""Libraries of tools for experts: found by what they do, described, and made callable for the programs they write."""

from __future__ import annotations

import ast
import csv
import importlib.util
import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from os import PathLike
from pathlib import Path, PurePath
from textwrap import indent
from typing import Any, Literal, TypeAlias, cast

from ...._code.outcome import Outcome
from ....coding import LocalCommandLineCodeExecutor
from ....coding.base import CodeBlock, CommandLineCodeResult
from ....coding.func_with_reqs import (
    FunctionWithRequirements,
    FunctionWithRequirementsStr,
    _build_python_functions_file,
)
from ....tools.tool import Tool
from ...conversable_agent import ConversableAgent
from ...user_proxy_agent import UserProxyAgent
from .._retrieval.embed import EmbeddingFunction, Vector, embed
from .._retrieval.nearness import embedding_named, nearest
from .._settings import check_kind
from . import _prompts
from ._tool_calls import ToolServer

__all__ = (
    "LocalExecutorWithTools",
    "ToolBuilder",
    "ToolRoot",
    "check_reach",
    "find_callables",
    "format_ag2_tool",
    "get_full_tool_description",
)

logger = logging.getLogger("autogen.agentchat.contrib.captainagent")

ToolRoot: TypeAlias = "str | list[Tool]"
"""A library: ``"default"`` for the one that comes along, a folder, or a list of tools."""

# What starts the code that this thread runs.
_starter: ContextVar[Path] = ContextVar("autogen_classic_starter")

_DEFAULT = "default"
_TABLE = "tool_description.tsv"
_COLUMN = "document_content"
_PYTHON_TYPES = {
    **{"array": "list", "boolean": "bool", "integer": "int", "null": "None", "number": "float"},
    **{"object": "dict", "string": "str"},
}


class ToolBuilder:
    """Finds the tools of a library that fit a task, and gives them to agents.

    Attributes:
        type: ``"default"`` for a folder, ``"user_defined"`` for a list of tools.
        TOOL_PROMPT: what an agent is told about its tools, with the field ``functions``.
    """

    TOOL_PROMPT_DEFAULT = _prompts.TOOL_PROMPT_DEFAULT
    TOOL_PROMPT_USER_DEFINED = _prompts.TOOL_PROMPT_USER_DEFINED

    def __init__(
        self,
        corpus_root: ToolRoot,
        retriever: EmbeddingFunction | str = "all-mpnet-base-v2",
        type: Literal["default", "user_defined"] = "default",
    ) -> None:
        """Read the descriptions of a library.

        Args:
            corpus_root: the library. A folder of AG2's form, with a table ``tool_description.tsv``, is read as well.
            retriever: how descriptions are compared with a task: by a model of sentence-transformers, by the local
                embedding (``"local"``), or by a function. The local one stands in for a model that cannot be loaded,
                and a warning says so.
            type: accepted for programs of AG2, and not used: ``corpus_root`` shows what it is.

        Raises:
            FileNotFoundError: there is no such folder.
            TypeError: the library is neither a path nor a list of tools.
            ValueError: the library holds no tools, or its table has no column with descriptions.
        """
        check_kind("A library of tools", corpus_root, '"default", a folder, or a list of tools', str, PathLike, list)
        self._retriever = retriever
        self._vectors: list[Vector] | None = None
        self.type: Literal["default", "user_defined"]
        if isinstance(corpus_root, list):
            for tool in corpus_root:
                if not isinstance(tool, Tool):
                    raise TypeError(
                        f"A library of tools holds objects of Tool, but {tool!r:.80} is not one. Make one of a "
                        'function: Tool(name="...", description="...", func_or_tool=...).'
                    )
            self.type, self.TOOL_PROMPT = "user_defined", self.TOOL_PROMPT_USER_DEFINED
            self._descriptions = [format_ag2_tool(tool) for tool in corpus_root]
        else:
            self.type, self.TOOL_PROMPT = "default", self.TOOL_PROMPT_DEFAULT
            self._descriptions = _descriptions_in(_folder(corpus_root))
        if not self._descriptions:
            raise ValueError(
                f"The library of tools {corpus_root!r} holds none. A tool is a function in a file of the same name, "
                "in a folder of the library; or give a list of tools."
            )

    def retrieve(self, query: str, top_k: int = 3) -> list[str]:
        """Find the tools that are nearest to a task.

        Args:
            query: the task.
            top_k: how many to find.

        Returns:
            Their descriptions, the nearest first.
        """
        if top_k >= len(self._descriptions):
            return list(self._descriptions)
        function = embedding_named(self._retriever)
        if self._vectors is None:
            self._vectors = embed(function, self._descriptions)
        [wanted] = embed(function, [query])
        return [self._descriptions[place] for place in nearest(wanted, self._vectors, top_k)]

    def bind(self, agent: ConversableAgent, functions: str) -> None:
        """Tell an agent of tools that its programs may call.

        Args:
            agent: the agent.
            functions: the descriptions of the tools.
        """
        agent.update_system_message(agent.system_message + self.TOOL_PROMPT.format(functions=functions))

    def bind_user_proxy(self, agent: ConversableAgent, tool_root: ToolRoot) -> ConversableAgent:
        """Make the tools of a library callable for the programs that an agent runs.

        Args:
            agent: the agent.
            tool_root: the library.

        Returns:
            An agent like it whose executor knows the tools. Where the program has given an executor or asks for Docker,
            it is the agent itself, and the module ``functions`` is written into the directory of its programs; packages
            that tools need must be there already.

        Raises:
            ValueError: a list of tools is to be called from Docker or by an executor of the program's own.
        """
        config = agent._code_execution_config
        settings: dict[str, Any] = dict(config) if isinstance(config, dict) else {}
        check_reach(tool_root, settings)
        work_dir = settings.pop("work_dir", ".")
        if not isinstance(tool_root, list) and _runs_elsewhere(settings):
            self._write_module(agent, work_dir, tool_root)
            return agent
        timeout = settings.pop("timeout", 60)
        settings.pop("use_docker", None)
        if isinstance(tool_root, list):
            settings["executor"] = LocalExecutorWithTools(tool_root, work_dir, timeout)
        else:
            functions = find_callables(_folder(tool_root))
            settings["executor"] = LocalCommandLineCodeExecutor(timeout, work_dir=work_dir, functions=functions)
        return UserProxyAgent(
            agent.name,
            is_termination_msg=agent._is_termination_msg,
            code_execution_config=settings,
            human_input_mode="NEVER",
            default_auto_reply=agent._default_auto_reply,
            description=agent.description,
        )

    @staticmethod
    def _write_module(agent: ConversableAgent, work_dir: str, tool_root: str) -> None:
        folder = Path(getattr(agent.code_executor, "work_dir", work_dir))
        folder.mkdir(parents=True, exist_ok=True)
        text = _build_python_functions_file(find_callables(_folder(tool_root)))
        (folder / "functions.py").write_text(text, encoding="utf-8")


def check_reach(tool_root: ToolRoot, code_execution_config: Mapping[str, Any]) -> None:
    """Refuse tools that programs cannot call where they run.

    Args:
        tool_root: the library.
        code_execution_config: how programs are run.

    Raises:
        ValueError: a list of tools is to be called from Docker or by an executor of the program's own.
    """
    if isinstance(tool_root, list) and _runs_elsewhere(code_execution_config):
        raise ValueError(
            "Tools of a list run in this process, and programs in Docker or of your own executor do not reach them. "
            "Let programs run in a process (use_docker=False), or give the folder of a library."
        )


def _runs_elsewhere(settings: Mapping[str, Any]) -> bool:
    return settings.get("executor") is not None or bool(settings.get("use_docker"))


class LocalExecutorWithTools(LocalCommandLineCodeExecutor):
    """Runs code as `LocalCommandLineCodeExecutor` does; Python code may call tools by their names.

    The code runs in a process of its own. The tools run in this one, so they may use whatever they are bound to; their
    arguments and results pass between the two as JSON.

    Attributes:
        tools: the tools.
    """

    def __init__(self, tools: list[Tool] | None = None, work_dir: Path | str = Path("."), timeout: int = 60) -> None:
        """Create an executor.

        Args:
            tools: the tools; the names must be names in Python.
            work_dir: the directory to run in; it is created if need be.
            timeout: how long one block may run, in seconds.

        Raises:
            ValueError: a tool has a name that Python code cannot call.
        """
        super().__init__(timeout, work_dir=work_dir)
        self.tools = list(tools or ())
        unusable = [tool.name for tool in self.tools if not tool.name.isidentifier()]
        if unusable:
            raise ValueError(
                f"Python code cannot call a tool by the name {unusable[0]!r}. Give it a name like my_tool."
            )
        self._server = ToolServer({tool.name: tool for tool in self.tools})

    def execute_code_blocks(self, code_blocks: Sequence[CodeBlock]) -> CommandLineCodeResult:
        """Run code blocks in order until one fails; see `LocalCommandLineCodeExecutor`."""
        with self._server.running(self._root) as starter:
            before = _starter.set(starter)
            try:
                return super().execute_code_blocks(code_blocks)
            finally:
                _starter.reset(before)

    def restart(self) -> None:
        """Do nothing: every block runs in a new process."""

    def _run_file(self, file: PurePath, language: str, stops: int) -> Outcome:
        if language != "python":
            return super()._run_file(file, language, stops)
        result = self._run([self._python(), str(_starter.get()), str(file)], stops)
        output = result.stderr + result.stdout + result.end_by_signal
        return Outcome(result.exit_code, output, result.timed_out, result.stopped)


def get_full_tool_description(py_file: str | Path) -> str:
    """Describe the tool in a file; the file is read, not run.

    Args:
        py_file: the file.

    Returns:
        The head and the docstring of the function that has the name of the file, or else of its first function.

    Raises:
        ValueError: the file holds no function, or is not Python.
    """
    path = Path(py_file)
    try:
        tree = ast.parse(path.read_text(encoding="utf-8-sig"))
    except SyntaxError as error:
        raise ValueError(f"{path} is not Python: {error}.") from error
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if not functions:
        raise ValueError(f"{path} holds no function.")
    function = next((node for node in functions if node.name == path.stem), functions[0])
    returns = "" if function.returns is None else f" -> {ast.unparse(function.returns)}"
    head = f"def {function.name}({ast.unparse(function.args)}){returns}:"
    return _described(head, ast.get_docstring(function) or "")


def format_ag2_tool(tool: Tool) -> str:
    """Describe a tool as a function.

    Args:
        tool: the tool.

    Returns:
        A head with the types of its parameters, and a docstring with what it does and what each parameter means.
    """
    parameters = tool.function_schema.get("parameters") or {}
    required = parameters.get("required") or ()
    head, meanings = [], []
    for name, schema in (parameters.get("properties") or {}).items():
        default = "" if name in required else f" = {schema.get('default')!r}"
        head.append(f"{name}: {_python_type(schema)}{default}")
        if schema.get("description") not in (None, name):
            meanings.append(f"    {name}: {schema['description']}")
    arguments = "\n".join(["", "", "Args:", *meanings]) if meanings else ""
    return _described(f"def {tool.name}({', '.join(head)}):", f"{tool.description}{arguments}")


def find_callables(directory: str | Path) -> list[Callable[..., Any]]:
    """Load the tools of a library; its files are run for that.

    Args:
        directory: the folder of the library.

    Returns:
        From each file the function that has its name. A file that cannot be loaded is left out, with a warning.
    """
    return [function for file in _files_in(Path(directory)) if (function := _load(file)) is not None]


def _folder(root: str) -> Path:
    folder = Path(__file__).parent / "tools" if root == _DEFAULT else Path(root)
    if not folder.is_dir():
        raise FileNotFoundError(f'There is no folder {str(folder)!r}. Give that of a library of tools, or "default".')
    return folder


def _files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.py") if not file.name.startswith("_"))


def _descriptions_in(folder: Path) -> list[str]:
    """The descriptions in the table of a library, or else those of its files, with the names of their folders."""
    table = folder / _TABLE
    if table.is_file():
        with table.open(newline="", encoding="utf-8-sig") as file:
            found = [row.get(_COLUMN) for row in csv.DictReader(file, delimiter="\t")]
        if None not in found:
            return cast("list[str]", found)
        raise ValueError(f"{table} has no column {_COLUMN!r}.")
    descriptions = []
    for path in _files_in(folder):
        try:
            descriptions.append(f"# {path.parent.name}\n{get_full_tool_description(path)}")
        except (ValueError, OSError) as error:
            logger.warning("The tool in %s is left out: %s", path, error)
    return descriptions


def _load(file: Path) -> Callable[..., Any] | None:
    spec = importlib.util.spec_from_file_location(f"tool_library_{file.stem}", file)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a file of the program may fail with anything
        logger.warning("The tool in %s is left out, because it cannot be loaded: %r", file, error)
        return None
    found = getattr(module, file.stem, None)
    is_tool = inspect.isfunction(found) or isinstance(found, (FunctionWithRequirements, FunctionWithRequirementsStr))
    return cast("Callable[..., Any]", found) if is_tool else None


def _python_type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_python_type(one) for one in schema["anyOf"])
    name = _PYTHON_TYPES.get(str(schema.get("type")), "Any")
    items = schema.get("items")
    return f"list[{_python_type(items)}]" if name == "list" and isinstance(items, dict) else name


def _described(head: str, docstring: str) -> str:
    body = indent(f'"""{docstring}"""', "    ")
    return f"{head}\n{body}\n"
