"""The Chromium of this machine behind the fence, for a program that drives it from outside."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Error, async_playwright

from ...._web.fence import AddressFence
from ...._web.fetch import Limits
from ...._web.proxy import FenceProxy
from ....browser_utils._chromium import arguments, chromium_path, is_root
from ....errors import ToolServiceError

__all__ = ("fenced_chromium",)


@asynccontextmanager
async def fenced_chromium(fence: AddressFence, limits: Limits) -> AsyncIterator[tuple[str, FenceProxy]]:
    """Start a Chromium, and end it after the block.

    Args:
        fence: which addresses its pages may reach.
        limits: how much they may bring.

    Yields:
        Where it is driven from, as an address for the Chrome DevTools Protocol, and the proxy in front of it.

    Raises:
        ToolServiceError: it does not start.
    """
    proxy = FenceProxy(fence, limits)
    try:
        with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
            async with async_playwright() as playwright:
                try:
                    context = await playwright.chromium.launch_persistent_context(
                        folder,
                        executable_path=chromium_path(),
                        chromium_sandbox=not is_root(),
                        accept_downloads=False,
                        service_workers="block",
                        args=["--remote-debugging-port=0", *arguments(proxy)],
                    )
                except Error as error:
                    raise ToolServiceError(f"Chromium does not start: {error.message}") from None
                try:
                    yield f"http://127.0.0.1:{await _port_in(Path(folder))}", proxy
                finally:
                    await context.close()
    finally:
        proxy.close()


async def _port_in(folder: Path) -> str:
    """The port that Chromium has chosen, which it writes into its folder."""
    file = folder / "DevToolsActivePort"
    for _ in range(200):
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        if len(lines) > 1:
            return lines[0]
        await asyncio.sleep(0.05)
    raise ToolServiceError("Chromium does not say how it can be driven.")
