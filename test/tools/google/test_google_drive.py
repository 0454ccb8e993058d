"""Google Drive, played on this machine: lists, downloads, hostile names, trouble, and the sign-in of a person."""

from __future__ import annotations

import json
import stat
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from agent_kit import both_ways
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_kit import KEY, TROUBLES, read_by_model, unmarked
from service_double import Answer, Asked, Services

from autogen_classic.errors import ToolServiceError
from autogen_classic.tools import Tool
from autogen_classic.tools.experimental.google import (
    GoogleCredentialsLocalProvider,
    GoogleCredentialsProvider,
    GoogleDriveToolkit,
    GoogleToolkitProtocol,
)
from autogen_classic.tools.experimental.google.drive import _places as places
from autogen_classic.tools.experimental.google.drive import drive_functions
from autogen_classic.tools.experimental.google.model import GoogleFileInfo

pytest.importorskip("googleapiclient")
pytest.importorskip("google_auth_oauthlib")
from google.auth.exceptions import TransportError
from google.oauth2.credentials import Credentials

DRIVE = "www.googleapis.com"
SIGN_IN = "oauth2.googleapis.com"
LIST, DOWNLOAD = "list_drive_files_and_folders", "download_file_from_drive"
FILE = {"name": "heron.txt", "id": "1", "mimeType": "text/plain"}
CLIENT = {
    "client_id": "program",
    "client_secret": "secret-of-the-program-4711",
    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
    "token_uri": f"https://{SIGN_IN}/token",
}
SCOPES = GoogleDriveToolkit.recommended_scopes()


def tool(name: str, folder: Path, **credentials: Any) -> Tool:
    toolkit = GoogleDriveToolkit(credentials=Credentials(KEY, **credentials), download_folder=folder)
    return toolkit.get_tool(name)


def content(data: bytes) -> Callable[[Asked], Answer]:
    """A file as Google sends it: the part that is asked for, and how large the whole is."""

    def serve(asked: Asked) -> Answer:
        begin, end = map(int, asked.headers["range"].removeprefix("bytes=").split("-"))
        part = data[begin : end + 1]
        kept = {"Content-Range": f"bytes {begin}-{begin + len(part) - 1}/{len(data)}"}
        return Answer(part, 206, "application/octet-stream", kept)

    return serve


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# --- lists ------------------------------------------------------------------------------------------------------------


@both_ways
def test_a_model_reads_the_files_of_a_folder(services: Services, tmp_path: Path, way: str) -> None:
    services.answer(DRIVE, Answer({"files": [FILE]}))
    text = read_by_model(way, tool(LIST, tmp_path), page_size=5, folder_id="it's")
    assert json.loads(unmarked(text)) == [{"name": "heron.txt", "id": "1", "mime_type": "text/plain"}]
    (asked,) = services.asked(DRIVE)
    assert asked.path == "/drive/v3/files"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.query["pageSize"] == "5"
    assert asked.query["q"] == "'it\\'s' in parents and trashed=false"


@pytest.mark.parametrize(("wanted", "asked"), [(0, "1"), (5_000, "1000")])
def test_google_is_asked_for_no_more_than_it_lists(services: Services, tmp_path: Path, wanted: int, asked: str) -> None:
    services.answer(DRIVE, Answer({}))
    assert tool(LIST, tmp_path)(page_size=wanted) == []
    assert services.asked(DRIVE)[0].query["pageSize"] == asked
    assert "q" not in services.asked(DRIVE)[0].query


def test_a_list_goes_on_where_google_sends_it_in_parts(services: Services, tmp_path: Path) -> None:
    parts = [{"files": [{**FILE, "id": str(number)}], "nextPageToken": f"after {number}"} for number in range(5)]
    services.answer(DRIVE, *map(Answer, parts))
    assert [file.id for file in tool(LIST, tmp_path)(page_size=3)] == ["0", "1", "2"]
    assert [asked.query.get("pageToken") for asked in services.asked(DRIVE)] == [None, "after 0", "after 1"]


def test_a_list_that_ends_early_is_whole(services: Services, tmp_path: Path) -> None:
    services.answer(DRIVE, Answer({"files": [FILE], "nextPageToken": "more"}), Answer({"files": []}))
    assert [file.name for file in tool(LIST, tmp_path)(page_size=50)] == ["heron.txt"]


# --- downloads --------------------------------------------------------------------------------------------------------


@both_ways
@pytest.mark.parametrize("type_is_called", ["mimeType", "mime_type"])
def test_a_model_downloads_a_file_in_parts(
    services: Services, tmp_path: Path, way: str, type_is_called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive_functions, "_BYTES_AT_ONCE", 4)
    services.answer(DRIVE, content(b"A heron waits."))
    info = {"name": "heron.txt", "id": "1", type_is_called: "text/plain"}
    text = read_by_model(way, tool(DOWNLOAD, tmp_path / "new"), file_info=info, subfolder_path="birds/big")
    assert text == "✅ Downloaded: birds/big/heron.txt"
    assert (tmp_path / "new/birds/big/heron.txt").read_bytes() == b"A heron waits."
    assert {asked.path for asked in services.asked(DRIVE)} == {"/drive/v3/files/1"}
    assert len(services.asked(DRIVE)) == 4


@pytest.mark.parametrize(
    ("kind", "name", "exported_as"),
    [
        ("document", "Notes.docx", "wordprocessingml.document"),
        ("spreadsheet", "Notes.csv", "text/csv"),
        ("presentation", "Notes.pptx", "presentationml.presentation"),
        ("drawing", "Notes.png", "image/png"),
    ],
)
def test_documents_of_google_are_exported(
    services: Services, tmp_path: Path, kind: str, name: str, exported_as: str
) -> None:
    services.answer(DRIVE, Answer(b"exported"))
    info = GoogleFileInfo(name="Notes", id="1", mime_type=f"application/vnd.google-apps.{kind}")
    assert tool(DOWNLOAD, tmp_path)(file_info=info) == f"✅ Downloaded: {name}"
    assert (tmp_path / name).read_bytes() == b"exported"
    (asked,) = services.asked(DRIVE)
    assert asked.path == "/drive/v3/files/1/export"
    assert asked.query["mimeType"].endswith(exported_as)


def test_a_folder_is_not_downloaded(services: Services, tmp_path: Path) -> None:
    info = {**FILE, "mimeType": "application/vnd.google-apps.folder"}
    text = read_by_model("sync", tool(DOWNLOAD, tmp_path), file_info=info)
    assert "has no content that can be downloaded" in text
    assert (services.requests, names_in(tmp_path)) == ([], [])


def test_no_file_is_overwritten_and_the_model_is_told(services: Services, tmp_path: Path) -> None:
    (tmp_path / "heron.txt").write_text("mine")
    (tmp_path / "heron (2).txt").symlink_to(tmp_path / "nowhere")
    services.answer(DRIVE, content(b"theirs"))
    text = read_by_model("sync", tool(DOWNLOAD, tmp_path), file_info=FILE)
    assert text.startswith("✅ Downloaded: heron (3).txt (under another name")
    assert (tmp_path / "heron.txt").read_text() == "mine"
    assert (tmp_path / "heron (3).txt").read_text() == "theirs"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "name", ["../../up.txt", "/etc/up.txt", "..\\up.txt", "C:\\up.txt", "..", "", "nul.txt", "a\0b"]
)
def test_a_name_is_never_a_path(services: Services, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep" / "down"
    services.answer(DRIVE, content(b"theirs"))
    text = read_by_model("sync", tool(DOWNLOAD, folder), file_info={**FILE, "name": name})
    assert "under another name" in text
    (made,) = names_in(tmp_path)
    assert Path(made).parent == Path("deep/down")


@pytest.mark.parametrize(
    "subfolder", ["..", "a/../..", "/etc", "\\\\server\\share", "C:\\Windows", "out", "out/x", "a\0"]
)
def test_a_subfolder_never_leads_outside(services: Services, tmp_path: Path, subfolder: str) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (folder / "out").symlink_to(outside)
    text = read_by_model("sync", tool(DOWNLOAD, folder), file_info=FILE, subfolder_path=subfolder)
    assert "subfolder_path must name a folder below the download folder" in text
    assert (services.requests, names_in(tmp_path)) == ([], [])


@given(name=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_name_makes_a_file_in_the_folder(tmp_path: Path, name: str) -> None:
    place = places.new_file(tmp_path, name)
    assert place.parent == tmp_path
    assert place.is_file()
    place.unlink()


def test_a_file_that_is_too_large_leaves_nothing(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive_functions, "_BYTES_AT_ONCE", 4)
    monkeypatch.setattr(drive_functions, "MOST_BYTES", 8)
    services.answer(DRIVE, content(b"123456789"))
    text = read_by_model("sync", tool(DOWNLOAD, tmp_path), file_info=FILE)
    assert "The file is larger than" in text
    assert names_in(tmp_path) == []
    assert len(services.asked(DRIVE)) == 1


# --- trouble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_with_a_list_is_a_text_for_the_model_without_the_token(
    services: Services, tmp_path: Path, trouble: str
) -> None:
    answer, told = TROUBLES[trouble]
    services.answer(DRIVE, answer)
    text = read_by_model("sync", tool(LIST, tmp_path))
    assert text.startswith(f"Error: Google Drive {told}")
    assert KEY not in text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            Answer({"error": {"message": "File not found: 1."}}, 404),
            "refused the request (HTTP 404). It says: File not",
        ),
        (Answer({"error": {"message": f"slow down, {KEY}"}}, 429), "was asked too often"),
        (Answer("trouble", 500, "text/plain"), "failed"),
        (Answer(b"half", missing=1_000), "cannot be reached"),
    ],
)
def test_trouble_with_a_download_is_a_text_for_the_model_and_leaves_nothing(
    services: Services, tmp_path: Path, answer: Answer, told: str
) -> None:
    services.answer(DRIVE, answer)
    text = read_by_model("sync", tool(DOWNLOAD, tmp_path), file_info=FILE)
    assert text.startswith(f"Error: Google Drive {told}")
    assert KEY not in text
    assert names_in(tmp_path) == []


def test_a_token_that_has_expired_is_renewed(services: Services, tmp_path: Path) -> None:
    services.answer(DRIVE, Answer({}, 401), Answer({"files": [FILE]}))
    services.answer(SIGN_IN, Answer({"access_token": "fresh", "expires_in": 3600}))
    renewable = tool(LIST, tmp_path, refresh_token="renews-4711", **only_for_renewal())
    assert len(renewable()) == 1
    assert services.asked(DRIVE)[1].headers["authorization"] == "Bearer fresh"


def test_a_consent_that_was_withdrawn_is_told_without_secrets(services: Services, tmp_path: Path) -> None:
    services.answer(DRIVE, Answer({}, 401))
    said = {"error": "invalid_grant", "error_description": "renews-4711 and secret-of-the-program-4711 are of no use"}
    services.answer(SIGN_IN, Answer(said, 400))
    renewable = tool(LIST, tmp_path, refresh_token="renews-4711", **only_for_renewal())
    with pytest.raises(ToolServiceError, match="Google Drive refused access") as caught:
        renewable()
    assert "4711" not in str(caught.value)


def only_for_renewal() -> dict[str, str]:
    return {name: CLIENT[name] for name in ("client_id", "client_secret", "token_uri")}


# --- the toolkit ------------------------------------------------------------------------------------------------------


def test_tools_can_be_left_out(tmp_path: Path) -> None:
    toolkit = GoogleDriveToolkit(credentials=Credentials(KEY), download_folder=tmp_path, exclude=[DOWNLOAD])
    assert [one.name for one in toolkit] == [LIST]
    assert isinstance(toolkit, GoogleToolkitProtocol)
    with pytest.raises(ValueError, match="item 0 of exclude of GoogleDriveToolkit should be 'list_drive"):
        GoogleDriveToolkit(credentials=Credentials(KEY), download_folder=tmp_path, exclude=["download"])  # type: ignore[list-item]


# --- the sign-in ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client_file(tmp_path: Path) -> Path:
    file = tmp_path / "client.json"
    file.write_text(json.dumps({"installed": CLIENT}))
    return file


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Somebody who agrees to everything in a browser; what was asked is kept."""
    asked: list[dict[str, str]] = []

    class Browser:
        def open(self, address: str, **_: Any) -> bool:
            query = {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}
            asked.append(query)
            back = f"{query['redirect_uri']}?state={query['state']}&code=agreed"
            threading.Thread(target=lambda: urlopen(back).close()).start()
            return True

    monkeypatch.setattr(webbrowser, "get", lambda _=None: Browser())
    return asked


def signed_in(**more: Any) -> Answer:
    return Answer({"access_token": "given-4711", "refresh_token": "renews", "expires_in": 3600, **more})


def test_a_person_signs_in_once(
    services: Services, client_file: Path, tmp_path: Path, person: list[dict[str, str]]
) -> None:
    services.answer(SIGN_IN, signed_in(scope=SCOPES[0]))
    token_file = tmp_path / "deep" / "token.json"
    provider = GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(token_file), port=0)
    assert isinstance(provider, GoogleCredentialsProvider)
    assert (provider.host, provider.port) == ("localhost", 0)
    assert provider.get_credentials().token == "given-4711"
    assert person[0]["scope"] == SCOPES[0]
    assert services.asked(SIGN_IN)[0].form["code"] == "agreed"
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    assert provider.get_credentials().token == "given-4711"
    assert len(person) == len(services.asked(SIGN_IN)) == 1
    assert names_in(token_file.parent) == ["token.json"]


def test_more_rights_are_asked_for_anew(
    services: Services, client_file: Path, tmp_path: Path, person: list[dict[str, str]]
) -> None:
    remember(tmp_path / "token.json", scopes=["https://example.com/less"])
    services.answer(SIGN_IN, signed_in(scope=SCOPES[0]))
    GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(tmp_path / "token.json"), port=0).get_credentials()
    assert len(person) == 1


def remember(file: Path, **more: Any) -> None:
    kept = {**only_for_renewal(), "token": "old", "refresh_token": "renews", "scopes": SCOPES}
    file.write_text(json.dumps({**kept, "expiry": "2020-01-01T00:00:00Z", **more}))


def test_what_has_expired_is_renewed_and_kept(services: Services, client_file: Path, tmp_path: Path) -> None:
    remember(tmp_path / "token.json")
    services.answer(SIGN_IN, signed_in())
    provider = GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(tmp_path / "token.json"))
    assert provider.get_credentials().token == "given-4711"
    assert json.loads((tmp_path / "token.json").read_text())["token"] == "given-4711"


def test_who_has_withdrawn_the_consent_is_asked_again(
    services: Services, client_file: Path, tmp_path: Path, person: list[dict[str, str]]
) -> None:
    remember(tmp_path / "token.json")
    services.answer(SIGN_IN, Answer({"error": "invalid_grant"}, 400), signed_in(scope=SCOPES[0]))
    provider = GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(tmp_path / "token.json"), port=0)
    assert provider.get_credentials().token == "given-4711"
    assert len(person) == 1


@pytest.mark.parametrize("text", ["token-4711", "[1]", '{"token": "token-4711"}', b"\xff"])
def test_another_file_is_neither_shown_nor_overwritten(client_file: Path, tmp_path: Path, text: str | bytes) -> None:
    file = tmp_path / "token.json"
    data = text if isinstance(text, bytes) else text.encode()
    file.write_bytes(data)
    with pytest.raises(ValueError, match="is not a token file of Google") as caught:
        GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(file)).get_credentials()
    assert "4711" not in str(caught.value)
    assert file.read_bytes() == data


def test_a_token_is_not_thrown_away_while_google_cannot_be_reached(
    client_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    remember(tmp_path / "token.json")
    before = (tmp_path / "token.json").read_text()
    with pytest.raises(TransportError):
        GoogleCredentialsLocalProvider(str(client_file), SCOPES, str(tmp_path / "token.json")).get_credentials()
    assert (tmp_path / "token.json").read_text() == before
