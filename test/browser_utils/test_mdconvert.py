"""Documents as Markdown: real files of each kind, damaged ones, and converters of a program's own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import documents
import pytest
import requests
from web_pages import Page, WebPages

from autogen_classic import OpenAIWrapper
from autogen_classic.browser_utils import _documents, mdconvert
from autogen_classic.browser_utils.mdconvert import (
    DocumentConverter,
    DocumentConverterResult,
    FileConversionException,
    MarkdownConverter,
    UnsupportedFormatException,
)
from autogen_classic.errors import AddressRefusedError
from autogen_classic.testing import MockOpenAIServer


@pytest.fixture
def converter() -> MarkdownConverter:
    return MarkdownConverter()


def written(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "pptx"])
def test_a_real_document_becomes_markdown(converter: MarkdownConverter, tmp_path: Path, kind: str):
    path = written(tmp_path, f"heron.{kind}", getattr(documents, kind)())
    assert documents.WORDS in converter.convert(path).text_content


def test_a_sheet_becomes_a_table(converter: MarkdownConverter, tmp_path: Path):
    text = converter.convert(written(tmp_path, "birds.xlsx", documents.xlsx())).text_content
    assert "## Birds" in text
    assert f"| heron | {documents.WORDS} |" in text


def test_a_page_loses_its_scripts_and_keeps_its_title_links_and_tables(converter: MarkdownConverter, tmp_path: Path):
    page = (
        "<html><head><title>Birds</title><style>p{}</style></head><body><h2>Herons</h2><script>steal()</script>"
        '<p>They <b>wait</b> <a href="/pond">there</a>.</p><table><tr><th>a</th></tr><tr><td>1</td></tr></table></body>'
    )
    result = converter.convert_local(written(tmp_path, "birds.html", page.encode()))
    assert result.title == "Birds"
    assert result.text_content == "## Herons\n\nThey **wait** [there](/pond).\n\n| a |\n| --- |\n| 1 |"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Grüße".encode()),
        ("a.txt", "Grüße".encode("utf-16")),
        ("a.csv", b"a,b\n1,2"),
        ("a.md", b"# Title"),
        ("A.TXT", b"upper"),
        ("a.txt", b"  in\n\nbetween\n"),
    ],
)
def test_text_stays_as_it_is_whatever_its_encoding(
    converter: MarkdownConverter, tmp_path: Path, name: str, content: bytes
):
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    assert converter.convert(written(tmp_path, name, content)).text_content == content.decode(encoding)


def test_lines_lose_the_white_space_at_their_ends_and_texts_their_large_gaps(
    converter: MarkdownConverter, tmp_path: Path
):
    text = converter.convert(written(tmp_path, "a.txt", b"  a  \n\n\n\nb\r\nc\n\n\n")).text_content
    assert text == "  a\n\nb\nc\n\n"


def test_a_file_without_an_extension_is_known_by_its_first_bytes(converter: MarkdownConverter, tmp_path: Path):
    assert documents.WORDS in converter.convert(written(tmp_path, "paper", documents.pdf())).text_content
    page = written(tmp_path, "page", b"<title>q</title><body>hi</body>")
    assert converter.convert(page, file_extension=".html").title == "q"
    assert converter.convert(page, file_extension="html").title == "q"


def test_an_empty_file_is_an_empty_document(converter: MarkdownConverter, tmp_path: Path):
    for name in ("a.txt", "a.pdf", "a.html", "a"):
        assert converter.convert(written(tmp_path, name, b"")).text_content == ""


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "pptx"])
def test_a_damaged_document_is_an_error_that_names_it(converter: MarkdownConverter, tmp_path: Path, kind: str):
    whole = getattr(documents, kind)()
    for content in (b"nothing of the kind", whole[: len(whole) // 2] if kind != "pdf" else b"%PDF-1.4 nothing"):
        with pytest.raises(FileConversionException, match=rf"damaged\.{kind}"):
            converter.convert(written(tmp_path, f"damaged.{kind}", content))


def test_a_document_that_unpacks_to_more_than_any_real_one_is_refused(
    converter: MarkdownConverter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(_documents, "MOST_UNPACKED", 1_000_000)
    bomb = documents.zipped({"word/document.xml": b"0" * 2_000_000})
    with pytest.raises(FileConversionException, match="unpacks to more than 1000000 bytes"):
        converter.convert(written(tmp_path, "bomb.docx", bomb))


def test_what_no_converter_takes_is_an_error_that_an_ordinary_except_catches(
    converter: MarkdownConverter, tmp_path: Path
):
    with pytest.raises(UnsupportedFormatException, match=r"\['\.xyz'\] are not supported"):
        converter.convert(written(tmp_path, "a.xyz", b"\x00\x01"))
    assert issubclass(UnsupportedFormatException, Exception)


def test_a_missing_file_and_a_wrong_source_say_so(converter: MarkdownConverter, tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"none\.txt"):
        converter.convert(str(tmp_path / "none.txt"))
    with pytest.raises(TypeError, match="as a path, an address"):
        converter.convert(7)  # type: ignore[arg-type]


def test_streams_give_bytes_or_texts(converter: MarkdownConverter):
    page = "<title>s</title><body><p>Grüße</p></body>"
    for stream in (io.StringIO(page), io.BytesIO(page.encode())):
        result = converter.convert_stream(stream, file_extension=".html")
        assert (result.title, result.text_content.strip()) == ("s", "Grüße")
    assert converter.convert(io.BytesIO(documents.pdf())).text_content.strip() == documents.WORDS


def test_an_address_is_fetched_and_known_by_its_type_its_name_or_its_content(
    converter: MarkdownConverter, pages: WebPages
):
    pages.pages |= {
        "/page": "<p>page</p>",
        "/latin": Page("Grüße".encode("latin-1"), kind="text/plain; charset=iso-8859-1"),
        "/paper.pdf": Page(documents.pdf(), kind="application/octet-stream"),
        "/named": Page(
            b"named", kind="application/octet-stream", headers={"Content-Disposition": 'attachment; filename="q.txt"'}
        ),
        "/unnamed": Page(documents.pdf(), kind=None),
    }
    texts = {path: converter.convert(pages.url + path).text_content.strip() for path in pages.pages}
    assert texts == {
        "/page": "page",
        "/latin": "Grüße",
        "/paper.pdf": documents.WORDS,
        "/named": "named",
        "/unnamed": documents.WORDS,
    }
    assert converter.convert(requests.get(f"{pages.url}/page", timeout=5)).text_content.strip() == "page"
    with pytest.raises(requests.HTTPError, match="404"):
        converter.convert_url(f"{pages.url}/none")


def test_addresses_are_fetched_behind_the_fence(pages: WebPages):
    with pytest.raises(AddressRefusedError):
        MarkdownConverter().convert("http://169.254.169.254/latest/meta-data")
    with pytest.raises(AddressRefusedError):
        MarkdownConverter(allow_private_addresses=False).convert(pages.url)


def test_pages_of_one_site_are_read_without_what_stands_around_them(converter: MarkdownConverter, tmp_path: Path):
    article = (
        "<html><head><title>Heron - Wikipedia</title></head><body><div>Donate!</div>"
        '<span class="mw-page-title-main">Heron</span><div id="mw-content-text"><p>A bird.</p></div></body></html>'
    )
    path = written(tmp_path, "heron.html", article.encode())
    assert "Donate!" in converter.convert(path).text_content
    result = converter.convert(path, url="https://en.wikipedia.org/wiki/Heron")
    assert (result.title, result.text_content) == ("Heron", "# Heron\n\nA bird.\n\n")


def test_a_converter_of_a_program_is_asked_first_and_may_decline(converter: MarkdownConverter, tmp_path: Path):
    asked: list[tuple[str, Any]] = []

    class Shouting(DocumentConverter):
        def convert(self, local_path: str, **kwargs: Any) -> DocumentConverterResult | None:
            asked.append((kwargs["file_extension"], kwargs.get("url")))
            if kwargs["file_extension"] != ".xyz":
                return None
            return DocumentConverterResult("Mine", Path(local_path).read_text().upper())

    converter.register_page_converter(Shouting())
    assert converter.convert(written(tmp_path, "a.xyz", b"psst")).text_content == "PSST"
    assert converter.convert(written(tmp_path, "a.txt", b"psst"), url="http://there").text_content == "psst"
    assert asked == [(".xyz", None), (".txt", "http://there")]


def test_each_converter_declines_what_is_not_its_own(tmp_path: Path):
    path = written(tmp_path, "a.blob", b"x")
    kinds = [getattr(mdconvert, name) for name in mdconvert.__all__ if name.endswith("Converter")]
    for kind in kinds:
        if kind is not MarkdownConverter:
            assert kind().convert(path, file_extension=".blob") is None
            assert kind().convert(path) is None


def test_a_picture_is_described_by_a_model_where_there_is_one(tmp_path: Path):
    picture = written(tmp_path, "red.png", documents.png())
    assert MarkdownConverter().convert(picture).text_content.strip() == ""
    with MockOpenAIServer(["Four red points."]) as server:
        client = OpenAIWrapper(**server.llm_config())
        text = MarkdownConverter(mlm_client=client).convert(picture, mlm_prompt="What is it?").text_content
        content = server.requests[0]["messages"][0]["content"]
    assert text.endswith("\n# Description:\nFour red points.\n")
    assert content[0]["text"] == "What is it?"
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")


def test_a_document_that_links_to_a_file_or_an_address_does_not_bring_it_in(
    converter: MarkdownConverter, tmp_path: Path, pages: WebPages
):
    secret = written(tmp_path, "secret.png", b"\x89PNG sesame")
    main = "http://schemas.openxmlformats.org"
    for target in (Path(secret).as_uri(), secret, f"{pages.url}/picture.png"):
        document = documents.docx(
            "</w:t></w:r><w:r><w:drawing>"
            f'<wp:inline xmlns:wp="{main}/drawingml/2006/wordprocessingDrawing"><a:graphic '
            f'xmlns:a="{main}/drawingml/2006/main"><a:graphicData><pic:pic '
            f'xmlns:pic="{main}/drawingml/2006/picture"><pic:blipFill><a:blip '
            f'xmlns:r="{main}/officeDocument/2006/relationships" r:link="r9"/></pic:blipFill></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r><w:r><w:t>After.",
            f'<Relationship Id="r9" Type="{main}/officeDocument/2006/relationships/image" Target="{target}" '
            'TargetMode="External"/>',
        )
        try:
            text = converter.convert(written(tmp_path, "linked.docx", document)).text_content
        except FileConversionException as error:
            text = str(error)
        assert "sesame" not in text
        assert "c2VzYW1l" not in text
    assert pages.paths == []


def test_entities_that_grow_without_end_are_not_unfolded(converter: MarkdownConverter, tmp_path: Path):
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE d [<!ENTITY e0 "heron">{levels}]><w:document xmlns:w="w"><w:t>&e9;</w:t></w:document>'
    path = written(tmp_path, "bomb.docx", documents.zipped({"word/document.xml": bomb}))
    with pytest.raises(FileConversionException):
        converter.convert(path)


@pytest.mark.parametrize(
    "module",
    [
        "autogen_classic.browser_utils.mdconvert",
        "autogen_classic.browser_utils.playwright_markdown_browser",
        "autogen_classic.browser_utils.selenium_markdown_browser",
        "autogen_classic.agentchat.contrib.web_surfer",
    ],
)
def test_importing_loads_no_package_that_is_needed_later(module: str):
    program = (
        f"import sys, {module}; print({{'markitdown', 'playwright', 'selenium', 'pandas', 'PIL'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_reading_documents_leaves_no_telemetry_behind(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(documents.pdf())
    program = "from autogen_classic.browser_utils import MarkdownConverter as C; print(C().convert_local('a.pdf'))"
    environment = {
        name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }
    environment["HOME"] = str(tmp_path)
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True, timeout=60)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a.pdf"]
