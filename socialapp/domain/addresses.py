"""Addresses that people type: what they mean, and whether they lead out of private networks."""

import ipaddress
import re
from urllib.parse import urlsplit

from socialapp.domain.errors import Problem, Rejected

_IPV4_INSIDE = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
)
"""Prefixes under which a translator reaches IPv4: RFC 6052, RFC 8215."""


_BEFORE_AT = re.compile(r".*@", re.DOTALL)
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also when it wraps another."""
    try:
        ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = _wrapped(ip)
        if wrapped is not None:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    if any(ip in prefix for prefix in _IPV4_INSIDE) or int(ip) >> 32 == 0:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def read(words: str, *, field: str = "address", allow_http: bool = False) -> str:
    """Return "https://host[:port][/path]" of what somebody typed, without a slash at its end.

    A bare name gets its https. Raises Rejected for anything that is no such address.
    """
    typed = words.strip()
    if "//" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = _ascii(host)
    except ValueError as error:
        raise _no(words, field) from error
    is_secure = parts.scheme == "https" or (allow_http and parts.scheme == "http")
    if not is_secure or not host or "@" in parts.netloc or _is_odd(typed):
        raise _no(words, field)
    if ":" in host:
        host = f"[{host}]"
    place = f"{host}:{port}" if port else host
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def _ascii(host: str) -> str:
    """Return a name as it is looked up: international letters in their plain form."""
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    plain = host.lower() if host.isascii() else host.encode("idna").decode().lower()
    if not _NAME.fullmatch(plain):
        raise ValueError("not a name")
    return plain


def _is_odd(typed: str) -> bool:
    return any(c.isspace() or ord(c) < 32 or c in '\\<>"^`{|}' for c in typed) or len(typed) > 500


def _no(words: str, field: str) -> Rejected:
    # What stands before an @ may be a password, and this may be kept and shown.
    shown = _BEFORE_AT.sub("…@", words.strip())[:80]
    message = f"{shown!r} is not an address like https://social.example.org."
    return Rejected(Problem("address_invalid", message, field))
