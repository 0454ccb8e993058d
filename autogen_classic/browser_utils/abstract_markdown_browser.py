"""What an agent may ask of a browser whose pages are Markdown."""

from __future__ import annotations

from abc import ABC, abstractmethod

__all__ = ("AbstractMarkdownBrowser",)


class AbstractMarkdownBrowser(ABC):
    """A browser that shows one part of a page at a time, as Markdown.

    A subclass is all that a `WebSurferAgent` needs to browse something else, such as an archive.
    """

    @abstractmethod
    def __init__(self) -> None: ...

    @property
    @abstractmethod
    def address(self) -> str:
        """The address of the page that is open."""

    @abstractmethod
    def set_address(self, uri_or_path: str) -> None:
        """Open a page.

        Args:
            uri_or_path: its address; a relative one is meant relative to the page that is open.
        """

    @property
    @abstractmethod
    def viewport(self) -> str:
        """The part of the page that is shown."""

    @property
    @abstractmethod
    def page_content(self) -> str:
        """The whole page."""

    @abstractmethod
    def page_down(self) -> None:
        """Show the next part, if there is one."""

    @abstractmethod
    def page_up(self) -> None:
        """Show the part before, if there is one."""

    @abstractmethod
    def visit_page(self, path_or_uri: str) -> str:
        """Open a page and return the first part of it."""

    @abstractmethod
    def open_local_file(self, local_path: str) -> str:
        """Open a file or folder of this machine and return the first part of it."""

    @abstractmethod
    def find_on_page(self, query: str) -> str | None:
        """Show the next part that holds a text, and return it; None if no part does."""

    @abstractmethod
    def find_next(self) -> str | None:
        """Show the next part that holds the text last looked for, and return it; None if no part does."""
