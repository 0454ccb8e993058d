"""The tools for Google Drive."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from ....._argument_checks import arguments_checked
from ....._core.callables import blocking
from ....._packages import missing_package
from ....tool import Tool
from ....toolkit import Toolkit
from ..._foreign import ForeignResults
from ..._services import SECONDS
from ..model import GoogleFileInfo
from ..toolkit_protocol import GoogleToolkitProtocol
from .drive_functions import download_file, list_files_and_folders

if TYPE_CHECKING:
    from google.auth.credentials import Credentials
    from googleapiclient.discovery import Resource

__all__ = ("GoogleDriveToolkit",)


class GoogleDriveToolkit(Toolkit, GoogleToolkitProtocol):
    """Lists the files of Google Drive, and downloads them into one folder.

    Its tools are called ``list_drive_files_and_folders`` and ``download_file_from_drive``. What is downloaded stays
    below the folder, overwrites nothing, and has at most 100 MB; documents of Google's are exported as docx, csv, pptx
    or png.
    """

    @arguments_checked
    def __init__(
        self,
        *,
        credentials: Credentials,
        download_folder: Path | str,
        exclude: list[Literal["list_drive_files_and_folders", "download_file_from_drive"]] | None = None,
        api_version: str = "v3",
    ) -> None:
        """Make the tools.

        Args:
            credentials: those of google-auth, such as what `GoogleCredentialsLocalProvider.get_credentials` returns.
            download_folder: where downloads are put; it is made by the first one.
            exclude: names of tools to leave out.
            api_version: the version of Google Drive's interface.

        Raises:
            ImportError: the package google-api-python-client is missing.
            ValueError: exclude names a tool that is not one of these.
        """
        try:
            import google_auth_httplib2  # noqa: F401
            import googleapiclient.discovery  # noqa: F401
        except ImportError as error:
            raise missing_package("GoogleDriveToolkit", error, "google-api") from error
        connect = partial(_drive, credentials, api_version)
        tools = [_lister(connect), _downloader(connect, Path(download_folder).absolute())]
        left_out = set(exclude or ())
        super().__init__(tool for tool in tools if tool.name not in left_out)

    @classmethod
    def recommended_scopes(cls) -> list[str]:
        """Return what a person must allow: to read Google Drive."""
        return ["https://www.googleapis.com/auth/drive.readonly"]


def _lister(connect: Callable[[], Resource]) -> Tool:
    @blocking
    def list_drive_files_and_folders(
        page_size: Annotated[int, "How many files and folders at most; 1,000 is the limit."] = 10,
        folder_id: Annotated[str | None, "The ID of the folder to look in; without it, all of the drive."] = None,
    ) -> ForeignResults[GoogleFileInfo]:
        with connect() as drive:
            return list_files_and_folders(drive, page_size, folder_id)

    return Tool(
        name="list_drive_files_and_folders",
        description="List files and folders of Google Drive, with the name, the ID and the type of each.",
        func_or_tool=list_drive_files_and_folders,
    )


def _downloader(connect: Callable[[], Resource], folder: Path) -> Tool:
    @blocking
    def download_file_from_drive(
        file_info: Annotated[GoogleFileInfo, "The file, as the list tells it."],
        subfolder_path: Annotated[str | None, "The folder below the download folder to put it in."] = None,
    ) -> str:
        with connect() as drive:
            return download_file(drive, file_info.id, file_info.name, file_info.mime_type, folder, subfolder_path)

    return Tool(
        name="download_file_from_drive",
        description="Download a file from Google Drive; returns where it is in the download folder.",
        func_or_tool=download_file_from_drive,
    )


def _drive(credentials: Credentials, api_version: str) -> Resource:
    """Google Drive for one request: a connection cannot be shared by threads. It is closed as a context manager."""
    import google_auth_httplib2
    import httplib2
    from googleapiclient.discovery import build

    connection = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=SECONDS))
    return build("drive", api_version, http=connection, cache_discovery=False)
