"""retrieve_utils: chunks, files of every format, pages of the web, and a collection of Chroma."""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path

import chromadb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from web_pages import Page, WebPages, redirect

from autogen_classic import retrieve_utils
from autogen_classic.errors import AddressRefusedError, EmbeddingSizeError, UnreadableDocumentError, VectorStoreError
from autogen_classic.retrieve_utils import (
    TEXT_FORMATS,
    create_vector_db_from_dir,
    extract_text_from_pdf,
    get_file_from_url,
    get_files_from_dir,
    is_url,
    parse_html_to_markdown,
    query_vector_db,
    split_files_to_chunks,
    split_text_to_chunks,
)
from autogen_classic.token_count_utils import count_token

TWELVE_LINES = "\n".join(f"line {number} word word word" for number in range(12))
THREE_PARAGRAPHS = "\n\n".join("\n".join(f"p{part} line {line} word word" for line in range(3)) for part in range(3))


def letters(texts: list[str]) -> list[list[float]]:
    """A stub embedding: how often a text has certain letters."""
    return [[float(text.count(letter)) for letter in "abdgm"] for text in texts]


@pytest.fixture(autouse=True)
def _in_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- chunks ----------------------------------------------------------------------------------------------------------


def test_as_many_lines_as_fit_become_a_chunk():
    assert split_text_to_chunks(TWELVE_LINES, 20, must_break_at_empty_line=False) == [
        f"line {number} word word word\nline {number + 1} word word word" for number in range(0, 12, 2)
    ]


def test_one_line_becomes_a_chunk_until_the_rest_fits():
    chunks = split_text_to_chunks(TWELVE_LINES, 20, "one_line")
    assert chunks[:9] == [f"line {number} word word word" for number in range(9)]
    assert chunks[9:] == ["\n".join(f"line {number} word word word" for number in range(9, 12))]


def test_chunks_end_at_empty_lines():
    paragraphs = THREE_PARAGRAPHS.split("\n\n")
    assert split_text_to_chunks(THREE_PARAGRAPHS, 40) == paragraphs
    assert split_text_to_chunks(THREE_PARAGRAPHS, 60) == ["\n\n".join(paragraphs[:2]), paragraphs[2]]


def test_a_text_without_empty_lines_is_cut_at_lines_and_a_warning_says_so(caplog):
    assert len(split_text_to_chunks(TWELVE_LINES, 20)) == 6
    assert "no empty line to end at" in caplog.text


def test_the_last_lines_of_a_chunk_are_repeated():
    chunks = split_text_to_chunks(TWELVE_LINES, 20, must_break_at_empty_line=False, overlap=1)
    pairs = [chunk.split("\n") for chunk in chunks]
    assert all(one[-1] == following[0] for one, following in pairwise(pairs))
    assert len(chunks) == 10


def test_a_long_line_is_cut_between_words():
    line = " ".join(f"word{number}" for number in range(300))
    chunks = split_text_to_chunks(line, 20)
    assert " ".join(chunks).split() == line.split()
    assert len(chunks) > 10


def test_a_text_that_is_shorter_than_five_characters_is_kept():
    assert split_text_to_chunks("42", 10) == ["42"]
    assert split_text_to_chunks(" \n", 10) == []


def test_an_unknown_mode_is_refused_as_in_0_2():
    with pytest.raises(AssertionError, match="chunk_mode is 'two_lines'"):
        split_text_to_chunks("a text", 10, "two_lines")


@given(
    text=st.text(st.sampled_from("ab \n\u00e9\u4e2d\U0001f600"), max_size=300),
    most=st.integers(0, 30),
    mode=st.sampled_from(["one_line", "multi_lines"]),
    at_empty_lines=st.booleans(),
    overlap=st.integers(0, 3),
)
def test_chunks_hold_every_character_and_are_small_enough(text, most, mode, at_empty_lines, overlap):
    chunks = split_text_to_chunks(text, most, mode, at_empty_lines, overlap)
    whole = "".join("".join(chunks).split())
    if overlap == 0 or mode == "one_line":
        assert whole == "".join(text.split())
    assert set(whole) == set("".join(text.split()))
    assert all(count_token(chunk) <= max(most, 3) or len(chunk) == 1 for chunk in chunks)


# --- files -----------------------------------------------------------------------------------------------------------


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path("docs", name.replace("__", "/").replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def write_pdf(path: Path, text: str, password: str = "") -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = content
    if password:
        writer.encrypt(password)
    with path.open("wb") as stream:
        writer.write(stream)


def test_a_folder_gives_its_documents_and_those_of_its_folders():
    write(a_txt="a", b_md="b", c_py="c", d_TXT="d", sub__e_txt="e")
    assert get_files_from_dir("docs") == ["docs/a.txt", "docs/b.md", "docs/d.TXT", "docs/sub/e.txt"]
    assert get_files_from_dir("docs", recursive=False) == ["docs/a.txt", "docs/b.md", "docs/d.TXT"]
    assert get_files_from_dir(Path("docs"), types=["py"]) == ["docs/c.py"]


def test_a_list_may_mix_files_folders_and_patterns_and_skips_what_is_missing(caplog):
    write(a_txt="a", b_md="b", c_py="c", sub__e_txt="e")
    places = ["docs/c.py", "docs/sub", "docs/*.md", "docs/none.txt"]
    assert get_files_from_dir(places) == ["docs/c.py", "docs/sub/e.txt", "docs/b.md"]
    assert "File docs/none.txt does not exist. Skipping." in caplog.text


def test_a_pattern_may_reach_into_folders():
    write(a_txt="a", sub__e_txt="e", sub__f_py="f")
    assert get_files_from_dir("docs/**/*.*") == ["docs/a.txt", "docs/sub/e.txt"]


def test_a_single_path_that_does_not_exist_is_an_error():
    with pytest.raises(ValueError, match=r"File nowhere\.md does not exist"):
        get_files_from_dir("nowhere.md")
    with pytest.raises(ValueError, match=r"Nothing matches the pattern \*\.zip"):
        get_files_from_dir("*.zip")
    with pytest.raises(TypeError, match=r"a list of these, or None; it is 5"):
        get_files_from_dir(5)
    with pytest.raises(ValueError, match="Directory nowhere does not exist"):
        get_files_from_dir("nowhere")


def test_every_text_format_is_read():
    for kind in TEXT_FORMATS:
        if kind != "pdf":
            write(**{f"file_{kind}": f"text of {kind}"})
    write_pdf(Path("docs", "file.pdf"), "text of pdf")
    chunks, sources = split_files_to_chunks(get_files_from_dir("docs"))
    assert sorted(chunks) == sorted(f"text of {kind}" for kind in TEXT_FORMATS)
    assert {source["source"] for source in sources} == {f"docs/file.{kind}" for kind in TEXT_FORMATS}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_its_encoding(encoding):
    Path("a.txt").write_bytes("caf\u00e9 au lait".encode(encoding))
    assert split_files_to_chunks(["a.txt"])[0] == ["caf\u00e9 au lait"]


def test_a_function_of_the_program_cuts_texts():
    write(a_txt="one|two")
    chunks, sources = split_files_to_chunks(["docs/a.txt"], custom_text_split_function=lambda text: text.split("|"))
    assert chunks == ["one", "two"]
    assert sources == [{"source": "docs/a.txt"}] * 2


def test_a_pdf_without_a_user_password_is_read_and_one_with_it_is_not():
    write_pdf(Path("open.pdf"), "hello pdf")
    assert extract_text_from_pdf("open.pdf").strip() == "hello pdf"
    write_pdf(Path("closed.pdf"), "secret", password="x")
    with pytest.raises(UnreadableDocumentError, match=r"closed\.pdf cannot be read"):
        extract_text_from_pdf("closed.pdf")
    with pytest.raises(FileNotFoundError):
        extract_text_from_pdf("none.pdf")


def test_damaged_and_empty_files_are_passed_over_and_named(caplog):
    write(a_txt="good", b_txt="  \n")
    Path("docs", "bad.pdf").write_bytes(b"not a pdf")
    chunks, _ = split_files_to_chunks(["docs/a.txt", "docs/b.txt", "docs/bad.pdf"])
    assert chunks == ["good"]
    [about_pdf] = [record for record in caplog.records if "pdf" in f"{record.name} {record.getMessage()}"]
    assert about_pdf.getMessage() == (
        "The PDF file docs/bad.pdf cannot be read: Stream has ended unexpectedly. It is passed over."
    )
    assert "No text available in file: docs/b.txt" in caplog.text


def test_formats_of_unstructured_are_read_by_it_where_it_is_installed(monkeypatch):
    from autogen_classic.agentchat.contrib._retrieval import files

    monkeypatch.setattr(files, "HAS_UNSTRUCTURED", True)
    monkeypatch.setattr(files, "_text_by_unstructured", lambda file: f"parts of {file}")
    assert split_files_to_chunks(["report.docx"])[0] == ["parts of report.docx"]


# --- pages and urls --------------------------------------------------------------------------------------------------

PAGE = (
    "<html><head><title>A title</title><style>x{}</style><script>alert(1)</script></head>"
    "<body><h1>Head</h1><p>A <a href='/x'>link</a></p></body></html>"
)
WIKI = (
    "<title>W</title><span class='mw-page-title-main'>Main</span>"
    "<div id='mw-content-text'><p>inner</p></div><div>outer</div>"
)


def test_a_page_becomes_markdown_without_scripts():
    assert parse_html_to_markdown(PAGE) == "# A title\n\nHead\n====\n\nA [link](/x)"
    assert parse_html_to_markdown("<p>no title</p>") == "no title"


def test_of_wikipedia_only_the_article_is_kept():
    assert parse_html_to_markdown(WIKI, "https://en.wikipedia.org/wiki/X") == "# W\n\n# Main\n\ninner"
    assert "outer" in parse_html_to_markdown(WIKI, "https://wikipedia.org.example/wiki/X")


def test_what_is_a_url():
    assert [is_url(text) for text in ("http://a.b/c", "ftp://x.y/z", "a/b", "file:///x", "http://", "http://[")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


@pytest.fixture
def web():
    with WebPages(
        {"/page": PAGE, "/data.txt": Page("plain", "text/plain"), "/x": Page(b"%PDF", "application/pdf")}
    ) as one:
        yield one


def test_urls_are_fetched_into_files_with_the_ending_of_their_content(web):
    page = get_file_from_url(f"{web.url}/page")
    assert page is not None
    assert page[1] == f"{web.url}/page"
    assert Path(page[0]).parent == Path("tmp/chromadb")
    assert Path(page[0]).read_text().startswith("# A title")
    found = get_files_from_dir([f"{web.url}/data.txt", f"{web.url}/x?y=../../z"])
    assert [Path(file[0]).suffix for file in found] == [".txt", ".pdf"]
    assert all(Path(file[0]).parent == Path("tmp/chromadb") for file in found)
    assert split_files_to_chunks(found[:1]) == (["plain"], [{"source": f"{web.url}/data.txt"}])


def test_a_url_can_be_saved_at_a_path_or_in_a_folder(web, tmp_path):
    assert get_file_from_url(f"{web.url}/data.txt", "saved.txt") == ("saved.txt", f"{web.url}/data.txt")
    assert Path("saved.txt").read_text() == "plain"
    found = get_file_from_url(f"{web.url}/data.txt", str(tmp_path))
    assert found is not None
    assert Path(found[0]).parent == tmp_path


def test_a_url_that_fails_is_skipped_with_a_warning(web, caplog):
    assert get_file_from_url(f"{web.url}/none") is None
    assert "404" in caplog.text
    assert get_files_from_dir([f"{web.url}/none", "http://127.0.0.1:1/x"]) == []


def test_a_page_that_is_nested_without_end_is_skipped_with_a_warning(web, caplog):
    web.pages["/deep"] = "<div>" * 20_000
    assert get_files_from_dir([f"{web.url}/deep", f"{web.url}/data.txt"])[0][1] == f"{web.url}/data.txt"
    assert "nested too deeply" in caplog.text


def test_a_redirect_to_a_link_local_address_is_refused(web):
    web.pages["/trap"] = redirect("http://169.254.169.254/latest/meta-data")
    with pytest.raises(AddressRefusedError, match=r"169\.254\.169\.254"):
        get_files_from_dir(f"{web.url}/trap")


# --- a collection of Chroma ------------------------------------------------------------------------------------------


def test_documents_are_stored_and_found(tmp_path):
    write(a_txt="alpha text one", b_txt="beta text two", c_txt="gamma gamma gamma")
    client = create_vector_db_from_dir("docs", db_path="db", embedding_function=letters)
    found = query_vector_db(["gamma"], 1, client, embedding_function=letters)
    assert found["documents"] == [["gamma gamma gamma"]]
    assert found["ids"][0] == ["doc_2"]
    assert found["metadatas"][0] == [{"source": "docs/c.txt"}]
    assert query_vector_db("a", 5, db_path="db", search_string="beta", embedding_function=letters)["documents"] == [
        ["beta text two"]
    ]


def test_a_collection_is_taken_again_only_when_asked_for(tmp_path):
    write(a_txt="alpha text one", b_txt="beta text two")
    client = chromadb.PersistentClient(path=str(tmp_path / "db"))
    settings = {"client": client, "collection_name": "one", "embedding_function": letters}
    create_vector_db_from_dir("docs", **settings)
    with pytest.raises(VectorStoreError, match=r"'one' cannot be used: .*already exists"):
        create_vector_db_from_dir("docs", **settings)
    create_vector_db_from_dir("docs", get_or_create=True, **settings)
    assert client.get_collection("one").get()["ids"] == ["doc_0", "doc_1"]
    create_vector_db_from_dir("docs", get_or_create=True, extra_docs=True, **settings)
    assert client.get_collection("one").get()["ids"] == ["doc_0", "doc_1", "doc_2", "doc_3"]


def test_another_embedding_size_and_a_missing_collection_are_clear_errors():
    write(a_txt="alpha text one")
    client = create_vector_db_from_dir("docs", db_path="db", embedding_function=letters)
    with pytest.raises(EmbeddingSizeError, match="vectors of another size"):
        query_vector_db("a", client=client, embedding_function=lambda texts: [[1.0, 2.0]] * len(texts))
    with pytest.raises(VectorStoreError, match="'nope' cannot be used: .*does not exist"):
        query_vector_db("a", client=client, collection_name="nope", embedding_function=letters)


def test_an_empty_folder_makes_an_empty_collection():
    Path("empty").mkdir()
    client = create_vector_db_from_dir("empty", db_path="db", embedding_function=letters)
    assert query_vector_db("a", client=client, embedding_function=letters)["ids"] == [[]]


def test_more_documents_than_chroma_takes_at_once_are_stored(monkeypatch, tmp_path):
    Path("many.txt").write_text("\n".join(f"line {number}" for number in range(25)))
    client = chromadb.PersistentClient(path=str(tmp_path / "db"))
    monkeypatch.setattr(type(client), "get_max_batch_size", lambda self: 10)
    create_vector_db_from_dir(
        "many.txt", client=client, embedding_function=letters, custom_text_split_function=str.splitlines
    )
    assert client.get_collection("all-my-documents").count() == 25


def test_without_chroma_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "chromadb", None)
    with pytest.raises(ImportError, match=r"autogen-classic\[retrievechat\]"):
        query_vector_db("a", embedding_function=letters)


def test_the_loggers_have_their_old_name():
    assert retrieve_utils.logger is logging.getLogger("autogen.retrieve_utils")
