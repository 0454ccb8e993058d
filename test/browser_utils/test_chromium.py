"""Pages in a real browser, driven by Playwright and by Selenium: scripts run there, and nothing gets past the fence."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import documents
import pytest
import requests
from web_pages import Page, WebPages, redirect

from autogen_classic._web.proxy import FenceProxy
from autogen_classic.browser_utils import PlaywrightMarkdownBrowser, SeleniumMarkdownBrowser
from autogen_classic.browser_utils._chromium import ChromiumBrowser, Rendered

SCRIPTED = """<title>Heron</title><p id="place">Nobody here.</p>
<script>document.getElementById("place").textContent = "A heron " + "waits."</script>"""


def test_a_page_is_shown_as_its_scripts_have_made_it(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages["/"] = SCRIPTED
    assert chromium.visit_page(f"{pages.url}/").strip() == "A heron waits."
    assert (chromium.page_title, chromium.address) == ("Heron", f"{pages.url}/")


@pytest.mark.parametrize(
    "script",
    [
        "fetch('/data').then(r => r.text()).then(show)",
        "const r = new XMLHttpRequest(); r.onload = () => show(r.responseText); r.open('GET', '/data'); r.send()",
    ],
)
def test_what_a_script_fetches_is_waited_for(chromium: ChromiumBrowser, pages: WebPages, script: str) -> None:
    def late(handler: BaseHTTPRequestHandler) -> None:
        pages.released.wait(0.8)  # longer than a page must be quiet
        handler.wfile.write(b"The heron comes late.")

    pages.pages |= {
        "/": f"<p id='got'></p><script>const show = text => {{ got.textContent = text }}; {script}</script>",
        "/data": Page(kind="text/plain", write=late),
    }
    assert chromium.visit_page(pages.url).strip() == "The heron comes late."


def test_redirects_of_servers_and_scripts_lead_on(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages |= {
        "/heron": SCRIPTED,
        "/moved": redirect("/heron"),
        "/script": "<script>location.replace('/heron')</script>",
    }
    for path in ("/moved", "/script"):
        assert chromium.visit_page(pages.url + path).strip() == "A heron waits."
        assert chromium.address == f"{pages.url}/heron"


def test_an_error_of_the_server_is_named(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages["/gone"] = Page("<p>Nobody.</p>", status=410)
    assert chromium.visit_page(f"{pages.url}/gone").strip() == "## Error 410\n\nNobody."
    assert chromium.page_title == "Error 410"


def test_what_is_not_a_page_is_fetched_without_the_browser(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages |= {
        "/heron.pdf": Page(documents.pdf(), kind="application/pdf"),
        "/heron.bin": Page(b"\x00\x01", kind="application/x-blob"),
        "/heron.txt": Page("plain heron", kind="text/plain"),
    }
    assert documents.WORDS in chromium.visit_page(f"{pages.url}/heron.pdf")
    assert chromium.visit_page(f"{pages.url}/heron.bin").startswith("# Download complete\n\nSaved file to '")
    assert chromium.address.startswith(Path(str(chromium.downloads_folder)).as_uri())
    assert chromium.visit_page(f"{pages.url}/heron.txt") == "plain heron"


@pytest.mark.parametrize("target", ["http://169.254.169.254/meta", "http://127.0.0.2:{port}/"])
def test_nothing_on_a_page_gets_past_the_fence(chromium: ChromiumBrowser, pages: WebPages, target: str) -> None:
    beyond = target.format(port=pages.port)
    pages.pages |= {
        "/beyond": redirect(beyond),
        "/parts": f"""<p>Parts.</p><img src="{beyond}"><iframe src="{beyond}"></iframe>
        <link rel="stylesheet" href="{beyond}"><script src="{beyond}"></script>
        <script>
            new WebSocket("{beyond.replace("http", "ws")}");
            fetch("{beyond}", {{mode: "no-cors"}});
            navigator.sendBeacon("{beyond}", "x");
        </script>""",
    }
    assert "refused" in chromium.visit_page(f"{pages.url}/beyond")
    assert chromium.visit_page(f"{pages.url}/parts").startswith("Parts.")
    assert "refused" in chromium.visit_page(beyond)
    assert set(pages.paths) <= {"/beyond", "/parts", "/favicon.ico"}


def test_a_script_reads_no_file_of_this_machine(chromium: ChromiumBrowser, pages: WebPages, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("sesame")
    pages.pages |= {
        "/": f"""<p id="got">Nothing.</p><iframe src="{secret.as_uri()}"></iframe>
        <script>fetch("{secret.as_uri()}").then(r => r.text()).then(t => {{ got.textContent = t }})</script>""",
        "/go": f"<p>Stays.</p><script>location.href = '{secret.as_uri()}'</script>",
        "/moved": redirect(secret.as_uri()),
    }
    for path in ("/", "/go", "/moved"):
        assert "sesame" not in chromium.visit_page(pages.url + path)
    assert "refused" in chromium.visit_page(secret.as_uri())


def test_questions_of_a_page_do_not_stop_it(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages["/"] = "<p>Before.</p><script>alert(1); confirm(2); window.open('/popup')</script><p>After.</p>"
    assert chromium.visit_page(pages.url).split() == ["Before.", "After."]


def test_an_endless_page_is_cut_off_and_the_next_one_opens(chromium: ChromiumBrowser, pages: WebPages) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        while True:
            handler.wfile.write(b"<p>more</p>" * 1000)

    pages.pages |= {"/endless": Page("<p>First.</p>", write=endless), "/": SCRIPTED}
    assert len(chromium.visit_page(f"{pages.url}/endless")) < 100_000
    assert chromium.visit_page(f"{pages.url}/").strip() == "A heron waits."


def test_an_asynchronous_program_can_use_it(chromium: ChromiumBrowser, pages: WebPages) -> None:
    pages.pages["/"] = SCRIPTED

    async def visit() -> str:
        return chromium.visit_page(pages.url)

    assert asyncio.run(visit()).strip() == "A heron waits."


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_a_script_that_never_ends_ends_its_page_only(pages: WebPages) -> None:
    pages.pages |= {"/loop": "<p>Loop.</p><script>while (true) {}</script>", "/": SCRIPTED}
    one = PlaywrightMarkdownBrowser(max_seconds=1)
    assert "Request Exception" in one.visit_page(f"{pages.url}/loop")
    one._limits = type(one._limits)(seconds=20)
    assert one.visit_page(f"{pages.url}/").strip() == "A heron waits."
    one.close()
    one.close()


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_a_browser_that_does_not_start_says_so(pages: WebPages) -> None:
    one = PlaywrightMarkdownBrowser(launch_args={"executable_path": "/nowhere/chromium"})
    assert "Chromium does not start" in one.visit_page(pages.url)
    one.close()


def test_a_proxy_that_would_lead_around_the_fence_is_refused() -> None:
    with pytest.raises(ValueError, match="HTTPS_PROXY"):
        PlaywrightMarkdownBrowser(launch_args={"proxy": {"server": "http://127.0.0.1:1"}})


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.skipif(shutil.which("chromedriver") is None, reason="Chromium and its driver are not installed")
def test_a_program_that_forgets_to_close_its_browsers_leaves_none_behind(pages: WebPages) -> None:
    pages.pages["/"] = SCRIPTED
    program = f"""
import threading
from autogen_classic._web.proxy import FenceProxy
from autogen_classic.browser_utils import PlaywrightMarkdownBrowser, SeleniumMarkdownBrowser
for kind in (PlaywrightMarkdownBrowser, SeleniumMarkdownBrowser):
    browser = kind()
    assert "waits" in browser.visit_page("{pages.url}/")
    threading.Thread(target=lambda held=browser: threading.Event().wait(), daemon=True).start()
    print(browser._proxy.address)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    addresses = done.stdout.split()
    assert len(addresses) == 2
    running = list(map(command_of, Path("/proc").glob("[0-9]*/cmdline")))
    assert [command for command in running for address in addresses if address in command] == []


def command_of(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""  # has ended by now


@pytest.mark.parametrize(
    ("module", "package", "kind"),
    [
        ("playwright_markdown_browser", "PLAYWRIGHT", PlaywrightMarkdownBrowser),
        ("selenium_markdown_browser", "SELENIUM", SeleniumMarkdownBrowser),
    ],
)
def test_a_missing_package_is_an_error_that_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, module: str, package: str, kind: type
) -> None:
    home = importlib.import_module(f"autogen_classic.browser_utils.{module}")
    assert getattr(home, f"IS_{package}_ENABLED") is True
    monkeypatch.setattr(home, f"IS_{package}_ENABLED", False)
    with pytest.raises(ImportError, match=r"autogen-classic\[websurfer-browsers\]"):
        kind()


def test_a_page_whose_host_only_a_proxy_knows_is_opened(pages: WebPages, monkeypatch: pytest.MonkeyPatch) -> None:
    class Painted(ChromiumBrowser):
        def _render(self, url: str, proxy: FenceProxy) -> Rendered:
            answer = requests.get(url, proxies={"http": proxy.address}, timeout=10)
            return Rendered(url, answer.status_code, answer.text)

    pages.pages["http://name.invalid/"] = "<p>A heron waits.</p>"
    monkeypatch.setenv("http_proxy", pages.url)
    for settings, shown in (({}, "A heron waits."), ({"allow_private_addresses": False}, "is refused")):
        browser = Painted(**settings)
        assert shown in browser.visit_page("http://name.invalid/")
        browser.close()
