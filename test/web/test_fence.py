"""Which addresses may be reached, however they are written."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogen_classic._web.fence import AddressFence
from autogen_classic.errors import AddressRefusedError, FetchError, HostNotFoundError

LINK_LOCAL = st.ip_addresses(v=4, network="169.254.0.0/16")
PRIVATE = st.one_of(
    *(
        st.ip_addresses(v=4, network=network)
        for network in ("10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8")
    )
).filter(lambda address: str(address) != "100.100.100.200")
PUBLIC = st.ip_addresses(v=4).filter(lambda one: one.is_global and not one.is_multicast and int(one) != 0xA83F8110)


def written_with_dots(address: IPv4Address, parts: int, base: str) -> str:
    """An address in one to four parts, the last of which holds the bytes that are left, in one notation of numbers."""
    number = int(address)
    first = [number >> shift & 255 for shift in (24, 16, 8)[: parts - 1]]
    rest = number & (1 << 8 * (5 - parts)) - 1
    shown = {"decimal": str, "hexadecimal": hex, "octal": lambda value: f"0{value:o}"}[base]
    return ".".join(shown(value) for value in (*first, rest))


WRITINGS = st.tuples(st.integers(1, 4), st.sampled_from(["decimal", "hexadecimal", "octal"]))


def translated(address: IPv4Address, places: tuple[int, ...]) -> IPv6Address:
    """An address of the network for local translation, with one of IPv4 in certain of its bytes."""
    written = bytearray(IPv6Address("64:ff9b:1::").packed)
    for place, byte in zip(places, address.packed, strict=True):
        written[place] = byte
    return IPv6Address(bytes(written))


def embedded(address: IPv4Address) -> list[IPv6Address]:
    """The addresses of IPv6 from which a packet may reach an address of IPv4."""
    number = int(address)
    teredo = IPv6Address((0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF))
    return [
        IPv6Address(f"::ffff:{address}"),
        IPv6Address(f"::{address}"),
        IPv6Address(f"::ffff:0:{address}"),
        IPv6Address(f"64:ff9b::{address}"),
        IPv6Address(f"64:ff9b:1::{address}"),
        *(translated(address, places) for places in ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12))),
        IPv6Address(f"2001:4860::5efe:{address}"),
        IPv6Address((0x2002 << 112) | (number << 80)),
        teredo,
    ]


@given(LINK_LOCAL, WRITINGS)
def test_a_link_local_address_is_refused_however_it_is_written(address: IPv4Address, writing: tuple[int, str]):
    url = f"http://{written_with_dots(address, *writing)}/latest/meta-data"
    for fence in (AddressFence(), AddressFence(False), AddressFence([str(address), "169.254.0.0/16", "0.0.0.0/0"])):
        with pytest.raises(AddressRefusedError, match="refused always"):
            fence.check_url(url)


@given(LINK_LOCAL)
def test_a_link_local_address_is_refused_inside_an_address_of_ipv6(address: IPv4Address):
    for one in embedded(address):
        for url in (f"http://[{one}]/", f"http://[{one.exploded}]:80/"):
            with pytest.raises(AddressRefusedError, match="refused always"):
                AddressFence().check_url(url)


@given(st.ip_addresses(v=6, network="fe80::/10"))
def test_link_local_addresses_of_ipv6_are_refused_with_and_without_a_zone(address: IPv6Address):
    for shown in (str(address), f"{address}%1", f"{address}%lo"):
        with pytest.raises(AddressRefusedError, match="refused always"):
            AddressFence().check_address(shown)


@pytest.mark.parametrize(
    "address", ["168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"]
)
def test_addresses_where_clouds_give_out_keys_are_refused_although_they_are_not_link_local(address: str):
    with pytest.raises(AddressRefusedError, match="refused always"):
        AddressFence([address]).check_address(address)


@given(PRIVATE, WRITINGS)
def test_private_addresses_are_reached_unless_a_program_forbids_it(address: IPv4Address, writing: tuple[int, str]):
    url = f"http://{written_with_dots(address, *writing)}:8080/"
    AddressFence().check_url(url)
    with pytest.raises(AddressRefusedError, match="allow_private_addresses"):
        AddressFence(False).check_url(url)


@given(PRIVATE)
def test_a_private_address_is_refused_inside_an_address_of_ipv6(address: IPv4Address):
    for one in embedded(address):
        with pytest.raises(AddressRefusedError):
            AddressFence(False).check_address(str(one))


@given(PRIVATE, PRIVATE)
def test_a_list_allows_what_it_names_and_nothing_else(listed: IPv4Address, other: IPv4Address):
    network = ip_network(f"{listed}/24", strict=False)
    for fence in (AddressFence([str(listed)]), AddressFence([str(network)])):
        fence.check_address(str(listed))
        fence.check_address(f"::ffff:{listed}")
    if other not in network:
        with pytest.raises(AddressRefusedError):
            fence.check_address(str(other))


@given(PUBLIC)
def test_public_addresses_are_reached_under_every_setting(address: IPv4Address):
    for fence in (AddressFence(), AddressFence(False), AddressFence([])):
        fence.check_address(str(address))
        fence.check_address(f"::ffff:{address}")


@given(st.ip_addresses(v=6, network="2600::/12"))
def test_public_addresses_of_ipv6_are_reached(address: IPv6Address):
    if int(address) >> 32 & 0xFFFFFFFF not in (0x5EFE, 0x2005EFE):
        AddressFence(False).check_address(str(address))


@pytest.mark.parametrize(
    "address", ["::1", "::", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "224.0.0.1", "255.255.255.255"]
)
def test_other_addresses_that_are_not_of_the_public_net_are_private(address: str):
    AddressFence().check_address(address)
    with pytest.raises(AddressRefusedError):
        AddressFence(False).check_address(address)


def test_a_name_is_judged_by_the_addresses_that_it_leads_to():
    AddressFence().check_url("http://localhost:1/")
    AddressFence(["LocalHost."]).check_url("http://localhost:1/")
    with pytest.raises(AddressRefusedError, match="of 'localhost' is refused"):
        AddressFence(False).check_url("http://localhost:1/")


def test_one_refused_address_of_several_is_enough(monkeypatch: pytest.MonkeyPatch):
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("8.8.8.8", "169.254.169.254")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: places)
    with pytest.raises(AddressRefusedError, match="of 'metadata.example' is refused always"):
        AddressFence().check_url("http://metadata.example/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://8.8.8.8/", "data:text/html,x", "javascript:1", "8.8.8.8"])
def test_only_addresses_of_the_web_are_reached(url: str):
    with pytest.raises(AddressRefusedError, match="only http and https"):
        AddressFence().check_url(url)


@pytest.mark.parametrize("url", ["http://[::1", "http://", "http:///x", "http://a..b/", "http://" + "a" * 70 + ".b/"])
def test_an_address_that_cannot_be_read_is_an_error_of_the_library(url: str):
    with pytest.raises(FetchError):
        AddressFence().check_url(url)


@given(st.text())
def test_no_text_makes_the_fence_fail_in_another_way(text: str):
    # A name is never looked up: only what stands between figures and brackets is.
    with pytest.raises(FetchError):
        AddressFence(False).check_url(f"http://[{text}]/")


def test_a_host_that_a_proxy_looks_up_need_not_be_found_here():
    with pytest.raises(HostNotFoundError, match="cannot be found"):
        AddressFence().check_url("http://name.invalid/")
    AddressFence().check_url("http://name.invalid/", through_proxy=True)
    with pytest.raises(AddressRefusedError):
        AddressFence().check_url("http://169.254.169.254/", through_proxy=True)


@pytest.mark.parametrize("host", ["name.invalid", "intranet", "[fe80::1%25nowhere]"])
def test_a_host_that_only_a_proxy_knows_is_refused_where_private_ones_are(host: str):
    for fence in (AddressFence(False), AddressFence(["10.0.0.0/8"])):
        with pytest.raises(AddressRefusedError, match="is refused"):
            fence.check_url(f"http://{host}/", through_proxy=True)


def test_a_listed_host_is_reached_through_a_proxy_that_alone_knows_it():
    AddressFence(["Name.invalid."]).check_url("http://name.invalid/", through_proxy=True)


@pytest.mark.parametrize(
    "host",
    [
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata%2Egoogle.internal",
        "instance-data",
        "metadata",
    ],
)
def test_the_names_of_services_that_give_out_keys_are_refused_even_through_a_proxy(host: str):
    for fence in (AddressFence(), AddressFence([host])):
        for through_proxy in (False, True):
            with pytest.raises(AddressRefusedError, match="refused always"):
                fence.check_url(f"http://{host}/computeMetadata/v1/", through_proxy)


@pytest.mark.parametrize("host", ["169%2E254.169.254", "[fe80::1%25nowhere]", "[fe80::1%nowhere]"])
def test_an_address_is_judged_through_a_proxy_although_this_machine_cannot_look_it_up(host: str):
    with pytest.raises(AddressRefusedError, match="refused always"):
        AddressFence().check_url(f"http://{host}/", through_proxy=True)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:pass-word@host/path?token=sesame",
        "view-source:http://user:pass-word@host/path?token=sesame",
        "user:pass-word@host/path?token=sesame",
    ],
)
def test_an_error_shows_neither_password_nor_query(url: str):
    with pytest.raises(FetchError) as caught:
        AddressFence().check_url(url)
    assert "host/path" in str(caught.value)
    assert "pass-word" not in str(caught.value)
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize("url", ["view-source:http://127.0.0.1:40053", "javascript:alert(1)", "localhost:8080/a"])
def test_an_address_that_is_refused_for_its_scheme_is_shown_with_it(url: str):
    with pytest.raises(AddressRefusedError) as caught:
        AddressFence().check_url(url)
    assert str(caught.value) == f"{url!r} is refused: only http and https addresses are fetched."
