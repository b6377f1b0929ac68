"""Who an account is, and which server is its own: handle -> DID -> document."""

import re
from typing import Any
from urllib.parse import urlsplit

from socialapp.domain.errors import Problem, Rejected
from socialapp.providers.bluesky.xrpc import method_url, said
from socialapp.providers.http import Http

DIRECTORY = "https://plc.directory"
RESOLVER = "https://public.api.bsky.app"
"""Knows the DID of every handle that Bluesky's own servers have seen."""
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]")
_DID_AT_MOST = 2048
_PLC = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB = re.compile(r"did:web:[a-z0-9.-]+(?:%3A\d+)?")
_HANDLE = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


def is_did(words: Any) -> bool:
    """Whether it is the lasting name of an account, of whatever kind."""
    return isinstance(words, str) and len(words) <= _DID_AT_MOST and bool(_DID.fullmatch(words))


def is_handle(words: Any) -> bool:
    """Whether it can be a handle: a name of the internet's. One that is marked as lost is none."""
    is_name = isinstance(words, str) and bool(_HANDLE.fullmatch(words))
    return is_name and words != "handle.invalid"


def is_address(words: Any) -> bool:
    """Whether it is an address that a browser, or we, may be sent to."""
    try:
        parts = urlsplit(words) if isinstance(words, str) else None
    except ValueError:
        return False
    if parts is None or parts.scheme not in {"http", "https"}:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


def pds_of(document: Any) -> str:
    """Return the server that a DID's document names; "" when it names none that can be used."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if not isinstance(service, dict) or not str(service.get("id")).endswith("#atproto_pds"):
            continue
        endpoint = service.get("serviceEndpoint")
        if is_address(endpoint):
            return str(endpoint).rstrip("/")
    return ""


class Identities:
    """Asks for them."""

    def __init__(self, http: Http, directory: str) -> None:
        self._http, self._directory = http, directory

    async def did_of(self, typed: str, resolver: str) -> str:
        """Return the DID of a handle, or the DID that was typed. Raises Rejected."""
        name = typed.removeprefix("@")
        if name.startswith("did:"):
            return name
        if not is_handle(name.lower()):
            raise _unknown(typed)
        answer = await self._http.send(
            "GET",
            method_url(resolver, "com.atproto.identity.resolveHandle"),
            params={"handle": name.lower()},
        )
        did = said(answer).get("did")
        if answer.status != 200 or not is_did(did):
            raise _unknown(typed)
        return str(did)

    async def document(self, did: str) -> dict[str, Any]:
        """Return what is published of a DID. Raises Rejected."""
        if _PLC.fullmatch(did):
            url = f"{self._directory}/{did}"
        elif _WEB.fullmatch(did):
            host = did.removeprefix("did:web:").replace("%3A", ":")
            url = f"https://{host}/.well-known/did.json"
        else:
            raise _unknown(did)
        answer = await self._http.fetch(url)
        found = said(answer)
        if answer.status != 200 or found.get("id") != did:
            raise _unknown(did)
        return found


def is_handle_of(handle: str, document: dict[str, Any]) -> bool:
    """Whether a DID's document says that a handle is its own: both have to name each other."""
    names = document.get("alsoKnownAs")
    return isinstance(names, list) and f"at://{handle.removeprefix('@').lower()}" in names


def _unknown(typed: str) -> Rejected:
    message = f"Bluesky knows nobody called {typed[:80]!r}. Check the handle."
    return Rejected(Problem("handle_unknown", message, "handle"))
