"""From a configuration to an executor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._secrets import shown_without_keys
from .base import CodeExecutor

__all__ = ("CodeExecutorFactory",)


def _commandline_local(**settings: Any) -> CodeExecutor:
    from .local_commandline_code_executor import LocalCommandLineCodeExecutor

    return LocalCommandLineCodeExecutor(**settings)


def _ipython_embedded(**settings: Any) -> CodeExecutor:
    from .jupyter import EmbeddedIPythonCodeExecutor

    return EmbeddedIPythonCodeExecutor(**settings)


_makers: dict[str, Callable[..., CodeExecutor]] = {
    "commandline-local": _commandline_local,
    "ipython-embedded": _ipython_embedded,
}


class CodeExecutorFactory:
    """Makes executors by name."""

    @staticmethod
    def create(code_execution_config: Mapping[str, Any]) -> CodeExecutor:
        """Give the executor that a configuration asks for.

        Args:
            code_execution_config: has an executor, or the name of one, under ``executor``; arguments for an
                executor that is named are under its name.

        Returns:
            The executor: the one handed in, or a new one.

        Raises:
            ValueError: the value under ``executor`` is neither an executor nor a known name.
            TypeError: the settings of the executor are not a dict.
            ImportError: the executor needs a package that is not installed.
        """
        wanted = code_execution_config.get("executor")
        if isinstance(wanted, str) and wanted in _makers:
            settings = code_execution_config.get(wanted, {})
            if not isinstance(settings, Mapping):
                raise TypeError(
                    f"The settings of the executor belong in code_execution_config under {wanted!r} as a dict such as "
                    f'{{"work_dir": "coding"}}, but they are {shown_without_keys(settings)}.'
                )
            return _makers[wanted](**settings)
        if isinstance(wanted, type):
            raise ValueError(f"The executor is the class {wanted.__name__}. Make an instance: {wanted.__name__}(...).")
        if isinstance(wanted, CodeExecutor):
            return wanted
        told = shown_without_keys(wanted)
        told = told.strip("'") if isinstance(wanted, str) else told
        raise ValueError(
            f"Unknown code executor {told}. Give a known name ({', '.join(sorted(_makers))}) or an object with "
            "code_extractor, execute_code_blocks and restart."
        )

    @staticmethod
    def register(name: str, maker: Callable[..., CodeExecutor]) -> None:
        """Make your own executor available under a name.

        Args:
            name: the name to use under ``executor``; a known name is replaced.
            maker: a class or function that takes the arguments under that name and gives an executor.
        """
        _makers[name] = maker
