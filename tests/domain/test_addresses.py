"""What people type as an address, and which addresses lead out of private networks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain import addresses
from socialapp.domain.errors import Rejected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mastodon.social", "https://mastodon.social"),
        (" https://Mastodon.Social/ ", "https://mastodon.social"),
        ("https://example.org:8443/blog/", "https://example.org:8443/blog"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("https://example.org.", "https://example.org"),
        ("https://[2001:4860:4860::8888]", "https://[2001:4860:4860::8888]"),
    ],
)
def test_what_people_type_is_made_an_address(typed: str, meant: str) -> None:
    assert addresses.read(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://example.org",
        "file:///etc/passwd",
        "javascript://example.org",
        "https://",
        "https://user:secret@example.org",
        "https://example.org:99999",
        "https://exa mple.org",
        "https://example.org/\x00",
        "https://example.org\\@evil.example",
        "https://[::1",
    ],
)
def test_what_is_no_such_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(Rejected, match="is not an address like"):
        addresses.read(typed)


def test_plain_http_is_an_address_only_where_it_is_allowed() -> None:
    assert addresses.read("http://127.0.0.1:3000", allow_http=True) == "http://127.0.0.1:3000"


@pytest.mark.parametrize("ip", ["9.9.9.9", "2001:4860:4860::8888", "::ffff:9.9.9.9"])
def test_public_addresses(ip: str) -> None:
    assert addresses.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1"),
        *(
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fe80::1%eth0",
            "fc00::1",
            "fd12::1",
            "ff02::1",
        ),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *(
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2001:0:0:0:0:0:80ff:fefe",
            "2001:db8::1",
            "nonsense",
        ),
    ],
)
def test_addresses_that_lead_inside(ip: str) -> None:
    assert not addresses.is_public(ip)


@given(st.text(max_size=60))
def test_reading_never_crashes_and_what_it_returns_reads_as_itself(typed: str) -> None:
    try:
        meant = addresses.read(typed)
    except Rejected:
        return
    assert addresses.read(meant) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "https://anna:lighthouse-41@example.org",
        "anna:lighthouse-41@example.org",
        "https://lighthouse-41@example.org/blog",
        "https://anna:light/lighthouse-41@example.org",
        "ftp://anna:lighthouse-41@example.org",
        " https://anna:lighthouse-41@example.org ",
        "https://anna:lighthouse-41@" + "x" * 600,
    ],
)
def test_a_password_in_an_address_is_not_repeated(typed: str) -> None:
    with pytest.raises(Rejected) as refused:
        addresses.read(typed)

    assert "lighthouse" not in str(refused.value)
    assert "…@" in str(refused.value)
