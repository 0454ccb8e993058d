"""A tool that lets a browser do a task by itself, driven by the package browser-use and a model."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, field_validator

from ...._argument_checks import Count, arguments_checked, check_value
from ...._packages import missing_package
from ...._web.fence import AddressFence
from ...._web.fetch import Limits
from ...._web.proxy import FenceProxy
from ....browser_utils._chromium import arguments, chromium_path, is_root
from ....errors import ToolServiceError
from ....oai.client import OpenAIWrapper
from ...dependency_injection import ChatContext
from ...tool import Tool
from .._accounts import caller_in, on_account_of_caller
from .._foreign import ForeignModel

if TYPE_CHECKING:
    from browser_use import Agent, BrowserSession
    from browser_use.agent.views import AgentHistoryList

__all__ = ("BrowserUseResult", "BrowserUseTool", "ExtractedContent")

_MOST_STEPS = 100
_OF_THE_WEB = ["http://*", "https://*", "chrome://new-tab-page-third-party/*"]  # the last is where Chromium begins
# Without these the package tells its makers about each task, and takes over the logging of the program.
_QUIET = {"ANONYMIZED_TELEMETRY": "false", "BROWSER_USE_SETUP_LOGGING": "false"}


class ExtractedContent(BaseModel):
    """What a step of the browser has brought.

    Attributes:
        content: the text.
        url: the page that was open; None if there was none.
    """

    content: str
    url: str | None

    @field_validator("url")
    @classmethod
    def check_url(cls, v: str | None) -> str | None:
        """Take an empty page for none.

        Args:
            v: the address.
        """
        return None if v == "about:blank" else v


class BrowserUseResult(ForeignModel):
    """What a browser has found; models read it marked as the words of strangers.

    Attributes:
        extracted_content: what its steps have brought.
        final_result: what it says in the end; None if it did not come to an end.
    """

    extracted_content: list[ExtractedContent]
    final_result: str | None


class BrowserUseTool(Tool):
    """Lets a browser do a task by itself: open pages, click, type and read; models call it ``browser_use``.

    Each task gets a fresh Chromium, which stays behind the same fence as all browsers here (see `AddressFence`), and
    ends with it. The package browser-use, which drives it, asks the model before each step.
    """

    @arguments_checked
    def __init__(
        self,
        *,
        llm_config: dict[str, Any] | Literal[False] | None = None,
        browser: BrowserSession | None = None,
        agent_kwargs: Mapping[str, Any] | None = None,
        browser_config: Mapping[str, Any] | None = None,
        allow_private_addresses: bool | Iterable[str] = True,
    ) -> None:
        """Make the tool.

        Args:
            llm_config: the model that moves the browser.
            browser: a browser of the program's own, a ``BrowserSession``, for all tasks. It is not behind the fence.
            agent_kwargs: further arguments of browser-use's ``Agent``, such as ``use_vision``; and ``max_steps``, how
                many steps a task may take, by default 100.
            browser_config: settings of the fresh browsers, as ``BrowserSession`` takes them, such as ``headless``.
            allow_private_addresses: whether addresses of this machine and of private networks may be opened, or a list
                of hosts and networks that may.

        Raises:
            ValueError: there is no model; both a browser and settings are given, or a proxy among these.
            ImportError: the package browser-use is missing.
        """
        if not llm_config:
            raise ValueError("BrowserUseTool needs a model: llm_config is required.")
        if browser is not None and browser_config is not None:
            raise ValueError("Cannot provide both browser and browser_config: settings are for a fresh browser.")
        if "proxy" in (browser_config or {}):
            raise ValueError(
                "browser_config cannot name a proxy, because pages would get past the fence on addresses. Name it in "
                "the environment (HTTPS_PROXY); the connections go through it behind the fence."
            )
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        try:
            import_module("browser_use")
        except ImportError as error:
            raise missing_package("BrowserUseTool", error, "browser-use") from error
        self._client = OpenAIWrapper(**_without_tools(llm_config))
        self._browser = browser
        self._browser_config = dict(browser_config or {})
        self._agent_kwargs = {"use_judge": False, **(agent_kwargs or {})}
        self._max_steps = self._agent_kwargs.pop("max_steps", _MOST_STEPS)
        check_value("max_steps in agent_kwargs", self._max_steps, Count)
        self._fence = AddressFence(allow_private_addresses)

        async def browser_use(
            task: Annotated[str, "What to do on the web, in full."], chat: ChatContext | None = None
        ) -> BrowserUseResult:
            with on_account_of_caller(chat, self._client):
                return await self._do(task, chat)

        super().__init__(
            name="browser_use",
            description="Let a browser do a task on the web by itself: open pages, click, type and read.",
            func_or_tool=browser_use,
        )

    async def _do(self, task: str, chat: ChatContext | None) -> BrowserUseResult:
        if self._browser is not None:
            return await self._run(task, chat, self._browser)
        proxy = FenceProxy(self._fence, Limits())
        try:
            with tempfile.TemporaryDirectory(prefix="browser-use-", ignore_cleanup_errors=True) as folder:
                session = self._fresh_browser(proxy, folder)
                try:
                    return await self._run(task, chat, session)
                finally:
                    await session.kill()
        finally:
            proxy.close()

    def _fresh_browser(self, proxy: FenceProxy, folder: str) -> BrowserSession:
        from browser_use import BrowserSession

        settings = {
            "headless": True,
            "executable_path": chromium_path(),
            "chromium_sandbox": not is_root(),
            "enable_default_extensions": False,  # they are downloaded
            "allowed_domains": _OF_THE_WEB,
            "user_data_dir": folder,
            **self._browser_config,
        }
        settings["args"] = [*settings.get("args", []), *arguments(proxy)]  # the last ones count
        return BrowserSession(**settings)

    async def _run(self, task: str, chat: ChatContext | None, session: BrowserSession) -> BrowserUseResult:
        from browser_use import Agent

        from ._model import BrowserModel

        owner = caller_in(chat)
        model = BrowserModel(self._client, None if owner is None else owner.client_cache)
        agent: Agent[Any, Any] = Agent(task=task, llm=model, browser_session=session, **self._agent_kwargs)
        history = await agent.run(max_steps=self._max_steps)
        result = _result_of(history)
        if result.final_result is None and not result.extracted_content:
            reason = model.failure or next(filter(None, reversed(history.errors())), "it gave up")
            raise ToolServiceError(f"The browser could not do the task: {reason}")
        return result


def _without_tools(llm_config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in llm_config.items() if key not in ("tools", "functions")}


def _result_of(history: AgentHistoryList[Any]) -> BrowserUseResult:
    brought = [
        ExtractedContent(content=result.extracted_content, url=step.state.url)
        for step in history.history
        for result in step.result
        if result.extracted_content
    ]
    return BrowserUseResult(
        extracted_content=brought, final_result=history.final_result() if history.is_done() else None
    )
