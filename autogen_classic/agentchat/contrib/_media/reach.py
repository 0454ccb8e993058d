"""How far an agent that sees reaches for a picture, which depends on who has named it."""

from __future__ import annotations

from functools import partial

from ...._core.tags import is_foreign_picture
from ...._web.fence import AddressFence
from ...._web.files import AllowedFiles, LocalFiles
from .pictures import Allowed, Image, Picture, loaded

__all__ = ("Reach",)


class Reach:
    """What pictures are loaded from.

    The program and its person may name any file, and any address that is not refused always. Models, the code that they
    write, documents and clients may name the web, and of private addresses and files only those that are listed.

    Args:
        allow_private_addresses: whether an address may lead to this machine or to a private network. A list of hosts,
            addresses and networks names those that may, whoever names them.
        allow_local_files: which files may be loaded: True for all, False for none, or the folders that hold them; None
            for those that the program names.

    Attributes:
        fence: which addresses the program may name.
    """

    def __init__(self, allow_private_addresses: Allowed = True, allow_local_files: AllowedFiles = None) -> None:
        if not isinstance(allow_private_addresses, (bool, str)):
            allow_private_addresses = tuple(allow_private_addresses)
        self.fence = AddressFence(allow_private_addresses)
        self._fence_of_strangers = AddressFence(False if allow_private_addresses is True else allow_private_addresses)
        self._files = LocalFiles(allow_local_files)

    def load(self, source: Picture) -> Image.Image:
        """Load a picture.

        Args:
            source: as for `loaded`.

        Returns:
            The picture, as `loaded` returns it.

        Raises:
            UnusableImageError: as for `loaded`.
            FetchError: as for `loaded`.
        """
        is_foreign = is_foreign_picture(source)
        fence = self._fence_of_strangers if is_foreign else self.fence
        return loaded(source, fence, partial(self._files.check, opened_by_program=not is_foreign))
