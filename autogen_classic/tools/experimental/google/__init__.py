"""Tools for services of Google that a person has signed in to."""

from .authentication import GoogleCredentialsLocalProvider, GoogleCredentialsProvider
from .drive import GoogleDriveToolkit
from .toolkit_protocol import GoogleToolkitProtocol

__all__ = (
    "GoogleCredentialsLocalProvider",
    "GoogleCredentialsProvider",
    "GoogleDriveToolkit",
    "GoogleToolkitProtocol",
)
