"""List the files of Google Drive, and download one of them into a folder of this machine."""

from __future__ import annotations

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .....errors import ToolServiceError
from ..._foreign import ForeignResults
from ..._services import asking
from ..model import GoogleFileInfo
from ._places import folder_below, new_file

if TYPE_CHECKING:
    from googleapiclient.discovery import Resource
    from googleapiclient.http import HttpRequest

__all__ = ("MOST_BYTES", "download_file", "list_files_and_folders")

MOST_BYTES = 100 * 1024 * 1024
"""How large a file may be that is downloaded."""

_SERVICE = "Google Drive"
_SECRETS = ("token", "refresh_token", "client_secret")
_MOST_FILES = 1_000  # that Google Drive lists at once
_BYTES_AT_ONCE = 4 * 1024 * 1024
_OF_GOOGLE = "application/vnd.google-apps."
_OFFICE = "application/vnd.openxmlformats-officedocument"
# As what documents that only Google can open are downloaded.
_EXPORTS = {
    "document": (f"{_OFFICE}.wordprocessingml.document", ".docx"),
    "drawing": ("image/png", ".png"),
    "presentation": (f"{_OFFICE}.presentationml.presentation", ".pptx"),
    "spreadsheet": ("text/csv", ".csv"),
}


def list_files_and_folders(service: Resource, page_size: int, folder_id: str | None) -> ForeignResults[GoogleFileInfo]:
    """List files and folders.

    Args:
        service: Google Drive, as ``googleapiclient.discovery.build`` makes it.
        page_size: how many at most; Google Drive lists no more than 1,000.
        folder_id: the folder to look in; None for all of Google Drive.

    Returns:
        The files and folders.

    Raises:
        ToolServiceError: Google refuses or fails.
    """
    most = min(max(page_size, 1), _MOST_FILES)
    asked: dict[str, Any] = {"pageSize": most, "fields": "nextPageToken, files(id, name, mimeType)"}
    if folder_id:
        quoted = folder_id.replace("\\", "\\\\").replace("'", "\\'")
        asked["q"] = f"'{quoted}' in parents and trashed=false"
    found: list[GoogleFileInfo] = []
    request = service.files().list(**asked)
    while request is not None and len(found) < most:  # Google may send fewer at once than it was asked for
        with _asking(request):
            answer = request.execute()
            found += [GoogleFileInfo.model_validate(file) for file in answer.get("files", ())]
        request = service.files().list_next(request, answer)
    return ForeignResults(found[:most])


def download_file(
    service: Resource,
    file_id: str,
    file_name: str,
    mime_type: str,
    download_folder: Path,
    subfolder_path: str | None = None,
) -> str:
    """Download a file; a document of Google's is exported (docx, csv, pptx or png).

    No file is overwritten: where the name is in use, the new file gets a number. What a file system cannot have in a
    name becomes ``_``.

    Args:
        service: Google Drive, as ``googleapiclient.discovery.build`` makes it.
        file_id: the ID of the file.
        file_name: its name.
        mime_type: its MIME type.
        download_folder: where it is put.
        subfolder_path: the folder below that one, which is made if need be, such as ``"birds/herons"``.

    Returns:
        A sentence that says where it is, for the model.

    Raises:
        ValueError: the file cannot be downloaded, such as a folder, or subfolder_path leads outside.
        ToolServiceError: it is larger than 100 MB, or Google refuses or fails.
    """
    request, ending = _request_for(service, file_id, mime_type)
    folder = folder_below(download_folder, subfolder_path)
    wanted = file_name if not ending or file_name.lower().endswith(ending) else file_name + ending
    place = new_file(folder, wanted)
    try:
        _download(request, place)
    except BaseException:
        place.unlink()
        raise
    shown = place.relative_to(download_folder.resolve()).as_posix()
    why = "" if place.name == wanted else " (under another name, because its own is in use or not allowed for files)"
    return f"✅ Downloaded: {shown}{why}"


def _request_for(service: Resource, file_id: str, mime_type: str) -> tuple[HttpRequest, str]:
    """The request for the content of a file, and what its name must end with."""
    if not mime_type.startswith(_OF_GOOGLE):
        return service.files().get_media(fileId=file_id), ""
    kind = mime_type.removeprefix(_OF_GOOGLE)
    if kind not in _EXPORTS:
        raise ValueError(
            f"What has the type {mime_type} has no content that can be downloaded. Files can, and of Google's own "
            f"documents: {', '.join(_EXPORTS)}."
        )
    exported_as, ending = _EXPORTS[kind]
    return service.files().export_media(fileId=file_id, mimeType=exported_as), ending


def _download(request: HttpRequest, place: Path) -> None:
    from googleapiclient.http import MediaIoBaseDownload

    part = BytesIO()
    parts = MediaIoBaseDownload(part, request, chunksize=_BYTES_AT_ONCE)
    done = False
    with place.open("wb") as file:
        while not done:
            with _asking(request):
                progress, done = parts.next_chunk()
            if max(progress.total_size or 0, progress.resumable_progress) > MOST_BYTES:
                raise ToolServiceError(f"The file is larger than {MOST_BYTES // 1024**2} MB. It was not downloaded.")
            file.write(part.getvalue())
            part.seek(0)
            part.truncate()


def _asking(request: HttpRequest) -> AbstractContextManager[None]:
    """Make every failure of a request an error whose text is for the model, without what it was signed with."""
    from google.auth.exceptions import RefreshError

    credentials = getattr(request.http, "credentials", None)
    # Looked up after the failure, since credentials renew themselves.
    secrets = (str(getattr(credentials, name, None) or "") for name in _SECRETS)
    return asking(_SERVICE, secrets, {RefreshError: 401})
