"""Where browsers reach this app: what its operator said, else where a request came to."""

from starlette.datastructures import URL
from starlette.requests import HTTPConnection

LOOPBACK = {"localhost": "127.0.0.1", "127.0.0.1": "localhost"}
"""One machine, two names; each has cookies of its own."""

_said: list[str] = []


def connect(url: str) -> None:
    """Take the public address; the wiring calls it once. Empty: there is none."""
    _said[:] = [url] if url else []


def of(request: HTTPConnection) -> str:
    """Return the address that networks may send people to, without a slash at the end.

    Networks that take an app on this machine want its number: `localhost` may be anybody's.
    Source: https://datatracker.ietf.org/doc/html/rfc8252#section-8.3
    """
    if _said:
        return _said[0]
    here = request.base_url
    if here.hostname == "localhost":
        here = here.replace(hostname=LOOPBACK["localhost"])
    return str(here).rstrip("/")


def details(schedule_id: int) -> str:
    """Return where the details of a schedule are open; "" when nobody said the public address."""
    return f"{_said[0]}/queue/?schedule={schedule_id}" if _said else ""


def under_its_other_name(request: HTTPConnection) -> URL | None:
    """Return this request's address under the machine's other name, or None when it has none.

    Whoever opened the app as `localhost` is signed in there, and comes back to the number.
    """
    other = LOOPBACK.get(request.url.hostname or "")
    return None if _said or not other else request.url.replace(hostname=other)
