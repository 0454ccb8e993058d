"""A browser without a browser: pages, parts, words, files and downloads."""

from __future__ import annotations

import os
import stat
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import documents
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from web_pages import Page, WebPages, redirect

from autogen_classic.browser_utils import AbstractMarkdownSearch, RequestsMarkdownBrowser, SimpleTextBrowser
from autogen_classic.browser_utils._local_files import name_of_download
from autogen_classic.browser_utils._viewports import has_words, split

LONG = "".join(f"<p>Paragraph {number} alpha beta.</p>" for number in range(60))


class Echo(AbstractMarkdownSearch):
    """Finds what it is asked for."""

    def search(self, query: str) -> str:
        return f"## Found {query!r}"


def browser(**options: object) -> RequestsMarkdownBrowser:
    return RequestsMarkdownBrowser(**{"search_engine": Echo(), **options})  # type: ignore[arg-type]


# --- pages -----------------------------------------------------------------------------------------------------------


def test_a_browser_begins_with_an_empty_page_or_the_one_it_is_told_to(pages: WebPages):
    assert (browser().address, browser().viewport, browser().page_title) == ("about:blank", "", None)
    pages.pages["/"] = "<title>Home</title><p>Welcome.</p>"
    one = browser(start_page=f"{pages.url}/")
    assert (one.address, one.page_title) == (f"{pages.url}/", "Home")
    assert one.viewport.endswith("Welcome.")


def test_relative_addresses_are_meant_from_the_page_that_is_open(pages: WebPages):
    pages.pages |= {"/a/b": "<p>b</p>", "/a/c": "<p>c</p>", "/d": "<p>d</p>", "/away": redirect("/a/b")}
    one = browser()
    assert one.visit_page(f"{pages.url}/a/b").strip() == "b"
    assert one.visit_page("c").strip() == "c"
    assert one.visit_page("/d").strip() == "d"
    assert one.visit_page("/away").strip() == "b"
    assert one.address == f"{pages.url}/a/b"
    assert one.visit_page("c").strip() == "c"
    assert [address for address, _ in one.history][-1] == f"{pages.url}/a/c"


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_of_the_server_is_a_page_that_names_its_status(pages: WebPages, status: int):
    pages.pages |= {
        "/html": Page("<p>Sorry.</p>", status=status),
        "/json": Page('{"secret": 1}', kind="application/json", status=status),
    }
    one = browser()
    assert one.visit_page(f"{pages.url}/html").strip() == f"## Error {status}\n\nSorry."
    assert one.page_title == f"Error {status}"
    assert one.visit_page(f"{pages.url}/json").strip() == f"## Error {status}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data", "refused always"),
        ("http://name.invalid/", "cannot be found"),
        ("ftp://example.com/", "only http and https"),
        ("javascript:alert(1)", "only http and https"),
        ("view-source:http://example.com", "only http and https"),
        ("data:text/html,<p>x</p>", "only http and https"),
        ("nonsense", "No scheme supplied"),
        ("http://[", "Invalid IPv6 URL"),
    ],
)
def test_what_cannot_be_opened_is_a_page_that_says_why(address: str, reason: str):
    one = browser()
    shown = one.visit_page(address)
    assert shown.startswith("## Unhandled Request Exception:\n\n")
    assert reason in shown
    assert "Traceback" not in shown
    assert one.page_title == "Request Exception"


def test_private_addresses_are_opened_where_the_program_allows_it(pages: WebPages):
    pages.pages["/"] = "<p>Inside.</p>"
    for allowed, opens in ((True, True), (False, False), (["127.0.0.1"], True), (["10.0.0.0/8"], False)):
        shown = browser(allow_private_addresses=allowed).visit_page(pages.url)
        assert ("Inside." in shown) is opens
        assert ("allow_private_addresses" in shown) is not opens


def test_a_redirect_beyond_the_fence_is_shown_as_refused(pages: WebPages):
    pages.pages |= {"/meta": redirect("http://169.254.169.254/"), "/file": redirect("file:///etc/passwd")}
    one = browser(allow_local_files=True)
    assert "refused always" in one.visit_page(f"{pages.url}/meta")
    assert "only http and https" in one.visit_page(f"{pages.url}/file")


def test_an_endless_page_ends_and_the_browser_goes_on(pages: WebPages):
    def endless(handler: BaseHTTPRequestHandler) -> None:
        while True:
            handler.wfile.write(b"<p>more</p>" * 1000)

    pages.pages |= {"/endless": Page(write=endless), "/": "<p>Short.</p>"}
    one = browser(max_size=100_000)
    assert "more than 100000 bytes" in one.visit_page(f"{pages.url}/endless")
    assert one.visit_page(f"{pages.url}/").strip() == "Short."


def test_a_page_nested_deeper_than_any_real_one_is_survived(pages: WebPages):
    pages.pages |= {"/deep": "<div>" * 20_000 + "deep", "/": "<p>Short.</p>"}
    one = browser()
    one.visit_page(f"{pages.url}/deep")
    assert one.visit_page(f"{pages.url}/").strip() == "Short."


def test_headers_and_sessions_of_the_program_are_used(pages: WebPages):
    session = requests.Session()
    session.headers["X-Session"] = "s"
    browser(requests_session=session, requests_get_kwargs={"headers": {"User-Agent": "heron"}}).visit_page(pages.url)
    assert pages.requests[0][1]["user-agent"] == "heron"
    assert pages.requests[0][1]["x-session"] == "s"


def test_a_search_is_an_address():
    one = browser()
    assert one.visit_page("search: white heron") == "## Found 'white heron'"
    assert (one.address, one.page_title) == ("search: white heron", "white heron - Search")


def test_the_browser_of_earlier_releases_searches_at_its_own_address(pages: WebPages):
    pages.pages["/search"] = Page(
        '{"webPages": {"value": [{"name": "Heron", "url": "http://h", "snippet": "A bird."}]}}', kind="application/json"
    )
    one = SimpleTextBrowser(bing_base_url=f"{pages.url}/search", bing_api_key="sesame", viewport_size=1000)
    shown = one.visit_page("bing: heron")
    assert "1. [Heron](http://h)\nA bird." in shown
    assert pages.requests[0][1]["ocp-apim-subscription-key"] == "sesame"
    assert "sesame" not in shown


# --- parts and words -------------------------------------------------------------------------------------------------


def test_a_long_page_is_shown_in_parts_of_whole_words(pages: WebPages):
    pages.pages["/"] = LONG
    one = browser(viewport_size=300)
    first = one.visit_page(pages.url)
    assert 300 <= len(first) <= 320
    shown = [first]
    while one.viewport_current_page < len(one.viewport_pages) - 1:
        one.page_down()
        shown.append(one.viewport)
    assert "".join(shown) == one.page_content
    assert len(shown) > 4
    one.page_down()
    assert one.viewport == shown[-1]
    for _ in range(10):
        one.page_up()
    assert one.viewport == first


@given(st.text(), st.integers(-1, 30))
def test_parts_follow_each_other_without_a_gap(text: str, size: int):
    parts = split(text, size)
    assert "".join(text[start:end] for start, end in parts) == text
    assert parts[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(parts))
    assert all(end - start <= 2 * max(size, 1) for start, end in parts)
    assert all(text[end - 1].isspace() or end - start == 2 * max(size, 1) for start, end in parts[:-1])


def test_words_are_found_from_the_part_that_is_shown_on(pages: WebPages):
    pages.pages["/"] = LONG
    one = browser(viewport_size=300)
    one.visit_page(pages.url)
    found = one.find_on_page("paragraph 20")
    assert found == one.viewport
    assert "Paragraph 20 " in (found or "")
    at = one.viewport_current_page
    assert one.find_on_page("Paragraph 20") is not None
    assert one.viewport_current_page == at
    one.find_on_page("alpha")
    assert one.viewport_current_page == at
    one.find_on_page("alpha")
    assert one.viewport_current_page == at + 1
    one.find_next()
    assert one.viewport_current_page == at + 2
    assert one.find_on_page("zebra") is None
    assert one.find_next() is None
    assert one.viewport_current_page == at + 2


def test_after_the_last_part_comes_the_first(pages: WebPages):
    pages.pages["/"] = LONG
    one = browser(viewport_size=300)
    one.visit_page(pages.url)
    one.find_on_page("alpha")
    for _ in one.viewport_pages:
        one.find_next()
    assert one.viewport_current_page == 0


def test_a_new_page_forgets_what_was_looked_for(pages: WebPages):
    pages.pages["/"] = LONG
    one = browser()
    one.visit_page(pages.url)
    one.find_on_page("alpha")
    one.visit_page(pages.url)
    assert one.find_next() is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("banana", True),
        ("nana", False),
        ("banan", False),
        ("BANANA, two", True),
        ("two three", True),
        ("two-three", True),
        ("three two", False),
        ("ban*ee", True),
        ("banana*", True),
        ("*three", True),
        ("three*banana", False),
        ("*", True),
        ("", False),
        ("!?", False),
        ("two\nthree", True),
        ("a" * 50 + "*" * 2000, False),
    ],
)
def test_words_are_whole_and_a_star_stands_for_any_text(query: str, found: bool):
    assert has_words("A banana,\n two-three!", query) is found


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "pptx"])
def test_a_document_is_saved_and_shown(pages: WebPages, tmp_path: Path, kind: str):
    pages.pages[f"/heron.{kind}"] = Page(getattr(documents, kind)(), kind="application/octet-stream")
    one = browser(downloads_folder=str(tmp_path))
    assert documents.WORDS in one.visit_page(f"{pages.url}/heron.{kind}")
    assert one.address == (tmp_path / f"heron.{kind}").as_uri()
    assert (tmp_path / f"heron.{kind}").read_bytes()[:2] in (b"PK", b"%P")
    assert documents.WORDS in one.visit_page(one.address)


def test_without_a_folder_a_document_is_shown_and_not_kept(
    pages: WebPages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    pages.pages |= {
        "/heron.pdf": Page(documents.pdf(), kind="application/pdf"),
        "/blob": Page(b"\x00\x01", kind="application/x-blob"),
    }
    one = browser()
    assert documents.WORDS in one.visit_page(f"{pages.url}/heron.pdf")
    assert "downloads_folder" in one.visit_page(f"{pages.url}/blob")
    assert list(tmp_path.iterdir()) == []


def test_a_download_takes_a_free_name_and_is_no_program(pages: WebPages, tmp_path: Path):
    pages.pages["/blob.bin"] = Page(b"\x00\x01", kind="application/x-blob")
    one = browser(downloads_folder=str(tmp_path / "new"))
    for _ in range(3):
        shown = one.visit_page(f"{pages.url}/blob.bin")
    assert shown == f"# Download complete\n\nSaved file to '{tmp_path / 'new' / 'blob__2.bin'}'"
    assert one.page_title == "Download complete."
    files = sorted((tmp_path / "new").iterdir())
    assert [file.name for file in files] == ["blob.bin", "blob__1.bin", "blob__2.bin"]
    assert not any(file.stat().st_mode & stat.S_IXUSR for file in files)


def test_a_damaged_download_is_kept_and_said_to_be_damaged(pages: WebPages, tmp_path: Path):
    pages.pages["/bad.pdf"] = Page(b"nothing of the kind", kind="application/pdf")
    assert "cannot be read as .pdf" in browser(downloads_folder=str(tmp_path)).visit_page(f"{pages.url}/bad.pdf")
    assert (tmp_path / "bad.pdf").exists()


@given(st.text(), st.one_of(st.none(), st.text().map(lambda name: f'attachment; filename="{name}"')))
def test_no_name_of_a_download_leads_out_of_its_folder(path: str, suggestion: str | None):
    name = name_of_download(f"http://host/{path}", suggestion)
    assert name
    assert name not in (".", "..")
    assert not set(name) & set('/\\\0:"<>|?*\n\r')
    assert len(name.encode("utf-8", "strict")) <= 130


@pytest.mark.parametrize("name", ["a" * 300, "a." + "b" * 300, "é" * 200 + ".bin", "a" * 200 + "." + "b" * 200])
def test_a_download_with_a_long_name_is_saved(pages: WebPages, tmp_path: Path, name: str):
    pages.pages["/blob"] = Page(
        b"\x00\x01",
        kind="application/x-blob",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
    )
    one = browser(downloads_folder=str(tmp_path))
    for _ in range(2):
        assert "Download complete" in one.visit_page(f"{pages.url}/blob")
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"\x00\x01"] * 2
    assert {file.name[0] for file in tmp_path.iterdir()} == {name[0]}


def test_a_download_is_shown_although_files_of_this_machine_are_not(pages: WebPages, tmp_path: Path):
    pages.pages |= {
        "/heron.pdf": Page(documents.pdf(), kind="application/pdf"),
        "/blob": Page(b"\x00\x01", kind="application/x-blob"),
    }
    one = browser(downloads_folder=str(tmp_path), allow_local_files=False)
    assert documents.WORDS in one.visit_page(f"{pages.url}/heron.pdf")
    assert "Download complete" in one.visit_page(f"{pages.url}/blob")
    assert "is refused" in one.visit_page(one.address)


@pytest.mark.parametrize("name", ["../../evil.sh", "..\\evil.sh", "/etc/evil.sh"])
def test_a_suggested_name_is_stripped_of_its_folders(pages: WebPages, tmp_path: Path, name: str):
    pages.pages["/x"] = Page(
        b"\x00", kind="application/x-blob", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    folder = tmp_path / "downloads"
    browser(downloads_folder=str(folder)).visit_page(f"{pages.url}/x")
    assert [file.name for file in folder.iterdir()] == ["evil.sh"]
    assert [file.name for file in tmp_path.iterdir()] == ["downloads"]


def test_a_program_opens_files_and_lists_folders(tmp_path: Path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a page.html").write_text("<title>T</title><p>local</p>")
    (tmp_path / "b.txt").write_text("text")
    one = browser()
    assert one.open_local_file(str(tmp_path / "b.txt")) == "text"
    assert one.address == (tmp_path / "b.txt").as_uri()
    assert "local" in one.open_local_file(str(tmp_path / "a page.html"))
    listing = one.open_local_file(str(tmp_path))
    assert one.page_title == f"Index of {tmp_path}"
    assert f"| [b.txt]({(tmp_path / 'b.txt').as_uri()}) | 4 |" in listing
    assert f"| [sub/]({(tmp_path / 'sub').as_uri()}) |  |" in listing
    assert "There is no file" in one.open_local_file(str(tmp_path / "none.txt"))
    os.mkfifo(tmp_path / "pipe")
    assert "neither a file nor a folder" in one.open_local_file(str(tmp_path / "pipe"))


def test_an_address_of_a_file_leads_to_downloads_only(tmp_path: Path):
    downloads = tmp_path / "downloads"
    downloads.mkdir()
    (downloads / "ok.txt").write_text("fine")
    secret = tmp_path / "secret.txt"
    secret.write_text("sesame")
    (downloads / "link.txt").symlink_to(secret)
    one = browser(downloads_folder=str(downloads))
    assert one.visit_page((downloads / "ok.txt").as_uri()) == "fine"
    for address in (
        secret.as_uri(),
        f"file://localhost{secret}",
        f"file:{secret}",
        f"{downloads.as_uri()}/../secret.txt",
        f"{downloads.as_uri()}/%2e%2e/secret.txt",
        (downloads / "link.txt").as_uri(),
        (downloads.parent / "downloads2").as_uri(),
        f"FILE://{secret}",
    ):
        shown = one.visit_page(address)
        assert "sesame" not in shown
        assert "refused" in shown


def test_local_files_are_shown_where_the_program_allows_it(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("inside")
    outside = Path(__file__)
    assert browser(allow_local_files=True).visit_page(file.as_uri()) == "inside"
    listed = browser(allow_local_files=[tmp_path])
    assert listed.visit_page(file.as_uri()) == "inside"
    assert listed.open_local_file(str(file)) == "inside"
    assert "refused" in listed.open_local_file(str(outside))
    none = browser(allow_local_files=False, downloads_folder=str(tmp_path))
    assert "refused" in none.open_local_file(str(file))
    assert "refused" in none.visit_page(file.as_uri())
