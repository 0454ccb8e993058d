"""Get what an address holds, with limits on size, time and type, behind a fence."""

from __future__ import annotations

import copy
import io
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, NoReturn
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_auth_from_url, select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .._secrets import place_of
from .errors import AddressRefusedError, ContentRefusedError, FetchError, FetchTimeoutError
from .fence import AddressFence

__all__ = ("Limits", "fetch")

_MEGABYTE = 1_000_000
_CHUNK = 65_536
_SENDING_OPTIONS = ("verify", "cert", "proxies")
_HEADERS_OF_ONE_HOST = ("Cookie", "Host")


@dataclass(frozen=True)
class Limits:
    """How much may be fetched.

    Args:
        size: the most bytes, unpacked.
        seconds: the longest time, redirects included.
        redirects: how many of them are followed.
        content_types: how the type of the content must begin (``"image/"``, ``"text/html"``); empty for any type. An
            answer that does not state its type counts as ``application/octet-stream``.
    """

    size: int = 50 * _MEGABYTE
    seconds: float = 60.0
    redirects: int = 20
    content_types: tuple[str, ...] = ()


class _Guard:
    """Watches the connections of one fetch: where they lead, and how long they stay open.

    Attributes:
        reason: why the guard has ended the fetch; None if it has not.
    """

    def __init__(self, url: str, fence: AddressFence, seconds: float) -> None:
        self.fence = fence
        self.reason: FetchError | None = None
        self._late = FetchTimeoutError(f"{place_of(url)} did not send its content in {seconds:g} seconds.")
        self._end = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True
        self._sockets: list[socket.socket] = []
        self._adapters: list[HTTPAdapter] = []

    def __enter__(self) -> _Guard:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        for adapter in self._adapters:
            adapter.close()
        for one in self._sockets:
            one.close()

    def _stop(self) -> None:
        self.reason = self.reason or self._late
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def admit(self, connected: socket.socket, host: str) -> None:
        """Refuse a fresh connection that leads beyond the fence."""
        try:
            self.fence.check_address(connected.getpeername()[0], host)
        except AddressRefusedError as refusal:
            self.reason = refusal
            connected.close()
            raise
        self.watch(connected)

    def watch(self, connected: socket.socket) -> None:
        """Close a connection when the time is over. TLS takes the socket over, so that a second handle is kept."""
        self._sockets.append(connected.dup())

    def session_like(self, session: requests.Session) -> requests.Session:
        """A session like this one, whose connections are guarded; adapters and sessions of other classes stay."""
        if type(session) is not requests.Session:
            return session
        twin = copy.copy(session)
        twin.adapters = OrderedDict((prefix, self._adapter_like(one)) for prefix, one in session.adapters.items())
        return twin

    def _adapter_like(self, adapter: BaseAdapter) -> BaseAdapter:
        if type(adapter) is not HTTPAdapter:
            return adapter
        guarded = _GuardedAdapter(self, adapter.max_retries)
        self._adapters.append(guarded)
        return guarded

    def check_time(self) -> None:
        """End a fetch whose connections are not watched."""
        if time.monotonic() > self._end:
            self.reason = self.reason or self._late
        if self.reason:
            raise self.reason


class _Plain(HTTPConnection):
    def __init__(self, admit: Callable[[socket.socket, str], None], *args: Any, **kwargs: Any) -> None:
        self._admit = admit
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        self._admit(connected, self.host)
        return connected


class _Encrypted(_Plain, HTTPSConnection):
    pass


class _GuardedAdapter(HTTPAdapter):
    """Sends requests over connections that a guard has admitted.

    Through a proxy, the connection leads to the proxy, which looks the name up itself; then only the addresses that
    the name has on this machine are checked, before each request.
    """

    def __init__(self, guard: _Guard, max_retries: urllib3.Retry | int = 0) -> None:
        self._guard = guard
        super().__init__(max_retries=max_retries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _use_pools(self.poolmanager, self._guard.admit)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> urllib3.PoolManager:
        manager: urllib3.PoolManager = super().proxy_manager_for(*args, **kwargs)
        if type(manager) is urllib3.ProxyManager:  # SOCKS has pools of its own
            _use_pools(manager, lambda connected, _: self._guard.watch(connected))
        return manager


def _use_pools(manager: urllib3.PoolManager, admit: Callable[[socket.socket, str], None]) -> None:
    def pool_of(
        kind: type[HTTPConnectionPool], connection: type[_Plain], *args: Any, **kwargs: Any
    ) -> HTTPConnectionPool:
        pool: Any = kind(*args, **kwargs)
        pool.ConnectionCls = partial(connection, admit)
        return pool  # type: ignore[no-any-return]

    makers: dict[str, Any] = {  # typed as classes, and only called
        "http": partial(pool_of, HTTPConnectionPool, _Plain),
        "https": partial(pool_of, HTTPSConnectionPool, _Encrypted),
    }
    manager.pool_classes_by_scheme = makers


def fetch(
    url: str,
    *,
    fence: AddressFence | None = None,
    limits: Limits | None = None,
    session: requests.Session | None = None,
    options: Mapping[str, Any] | None = None,
) -> requests.Response:
    """Get what an address holds.

    The fence is asked before each request, redirects included, and again about the address that a connection really
    leads to, so that a name which changes its address between the two is refused as well.

    Args:
        url: an http or https address.
        fence: which addresses may be reached; the default refuses only those that are never allowed.
        limits: how much may be fetched.
        session: gives cookies, headers and the like; the default is a fresh one. A session, or an adapter in it, of a
            class of your own makes its own connections: of these only the addresses known beforehand are checked.
        options: what ``requests.get`` takes, such as ``headers``, ``params`` or ``proxies``.

    Returns:
        The answer, whatever its status, with its whole content in memory.

    Raises:
        AddressRefusedError: the address, or one that it redirects to, may not be reached.
        ContentRefusedError: the content is too large or of another type; only answers without an error are held
            against the type.
        FetchTimeoutError: it took longer than allowed.
        FetchError: anything else that keeps the content from being fetched.
    """
    limits = limits or Limits()
    with _Guard(url, fence or AddressFence(), limits.seconds) as guard:
        try:
            guarded = guard.session_like(session or requests.Session())
            response = _answer(url, guard, limits, guarded, dict(options or {}))
            response.raw = io.BytesIO(_content(response, guard, limits))
        except FetchError:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            _raise_plainly(url, guard, error)
        guard.check_time()
    return response


def _answer(
    url: str, guard: _Guard, limits: Limits, session: requests.Session, options: dict[str, Any]
) -> requests.Response:
    """The answer to a request, after all redirects, with its content still to be read."""
    follow = options.pop("allow_redirects", True)
    options.pop("stream", None)
    timeout = options.pop("timeout", limits.seconds)
    sending = {name: options.pop(name, None) for name in _SENDING_OPTIONS}
    options["auth"] = options.get("auth") or session.auth or _credentials_of_address
    request = session.prepare_request(requests.Request("GET", url, **options))
    request.register_hook("response", partial(_leave_body_of_redirect, session))  # type: ignore[no-untyped-call]
    history: list[requests.Response] = []
    while True:
        address = request.url or url
        settings = session.merge_environment_settings(
            address, sending["proxies"] or {}, True, sending["verify"], sending["cert"]
        )
        guard.fence.check_url(address, through_proxy=bool(select_proxy(address, settings["proxies"])))
        response = session.send(request, allow_redirects=False, timeout=timeout, **settings)
        response.history = list(history)
        target = session.get_redirect_target(response) if follow else None
        if not target:
            return response
        history.append(response)
        if len(history) > limits.redirects:
            raise FetchError(f"{place_of(url)} redirects more than {limits.redirects} times.")
        guard.check_time()
        request = _redirected(request, urljoin(address, target), response, session)


def _leave_body_of_redirect(session: requests.Session, response: requests.Response, **_: object) -> None:
    """Close a redirect before requests reads its body, which may never end."""
    if response.is_redirect:
        session.cookies.update(response.cookies)  # requests finds them in what is closed here
        response.close()
        response.raw = urllib3.HTTPResponse(io.BytesIO(), preload_content=False)


def _credentials_of_address(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send what stands in the address itself; requests would also look into the user's ``.netrc``."""
    user, password = get_auth_from_url(request.url or "")
    return HTTPBasicAuth(user, password)(request) if user or password else request


def _redirected(
    request: requests.PreparedRequest, url: str, response: requests.Response, session: requests.Session
) -> requests.PreparedRequest:
    """The request that follows a redirect: another host gets neither the cookies nor the credentials of the first."""
    following = request.copy()
    following.prepare_url(url, None)
    for name in _HEADERS_OF_ONE_HOST:
        following.headers.pop(name, None)
    following.prepare_cookies(session.cookies)
    if session.should_strip_auth(response.url, url):  # type: ignore[no-untyped-call]
        following.headers.pop("Authorization", None)
    return following


def _content(response: requests.Response, guard: _Guard, limits: Limits) -> bytes:
    """The whole content of an answer, unpacked."""
    where = place_of(response.url)
    kind = response.headers.get("Content-Type", "application/octet-stream").strip().lower()
    if response.ok and limits.content_types and not kind.startswith(limits.content_types):
        response.close()
        raise ContentRefusedError(f"{where} holds {kind}, not {' or '.join(limits.content_types)}.")
    content = bytearray()
    for chunk in response.raw.stream(_CHUNK, decode_content=True):
        content += chunk
        if len(content) > limits.size:
            response.close()
            raise ContentRefusedError(f"{where} holds more than {limits.size} bytes.")
        guard.check_time()
    response.close()
    return bytes(content)


def _raise_plainly(url: str, guard: _Guard, error: BaseException) -> NoReturn:
    """Raise what ended a fetch. The texts of requests show the whole address, which may hold keys."""
    if guard.reason:
        raise guard.reason from None
    cause = error
    while cause.__context__ is not None:
        cause = cause.__context__
    if isinstance(cause, TimeoutError):
        raise FetchTimeoutError(f"{place_of(url)} did not answer in time.") from None
    raise FetchError(f"{place_of(url)} cannot be fetched: {cause}.") from None
