"""What Google Drive tells about a file."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ("GoogleFileInfo",)


class GoogleFileInfo(BaseModel):
    """A file or a folder of Google Drive."""

    model_config = ConfigDict(populate_by_name=True)  # models write the one as well as the other

    name: Annotated[str, Field(description="Its name.")]
    id: Annotated[str, Field(description="Its ID.")]
    mime_type: Annotated[str, Field(alias="mimeType", description="Its MIME type.")]
