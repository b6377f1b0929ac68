"""Access by app password: a session is opened once, and renewed before it ends."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from yarl import URL

from socialapp.domain import addresses
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Disconnected, Refused, TryLater, Unknown
from socialapp.providers.bluesky.identity import is_did, pds_of
from socialapp.providers.bluesky.xrpc import (
    NOTHING_YET,
    Xrpc,
    calmly,
    error,
    failed,
    said,
    server_of,
    who,
)
from socialapp.providers.contract import Access, PublishFailed, Renewed
from socialapp.providers.http import Answer

ENTRYWAY = "https://bsky.social"
"""Where accounts sign in that are on none of their owners' servers."""
HANDLES_THERE = ".bsky.social"
_ENDED = {"ExpiredToken", "InvalidToken", "AuthMissing", "AuthenticationRequired"}
_APP_PASSWORDS = "com.atproto.appPass"
"""How the scopes of their sessions begin."""


@dataclass(frozen=True)
class Session:
    """What a server gave us."""

    did: str
    handle: str
    pds: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    @property
    def expires_at(self) -> datetime | None:
        """When the access ends, as its token says; None when it does not say."""
        try:
            return datetime.fromtimestamp(float(_claims(self.access)["exp"]), UTC)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            return None

    @property
    def is_of_app_password(self) -> bool:
        """Whether it was opened with an app password, not with the account's own."""
        return str(_claims(self.access).get("scope", "")).startswith(_APP_PASSWORDS)


def _claims(token: str) -> dict[str, Any]:
    """Return what a token says of itself; whether that is true is its server's business."""
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def read(answer: Answer, server: str) -> Session | None:
    """Return the session in an answer; None when there is none in it."""
    found = said(answer)
    words = [found.get(name) for name in ("did", "accessJwt", "refreshJwt")]
    if answer.status != 200 or not all(isinstance(w, str) and w for w in words):
        return None
    if not is_did(found["did"]):
        return None
    did, access, refresh = map(str, words)
    handle = found.get("handle")
    pds = pds_of(found.get("didDoc")) or server
    return Session(did, handle if isinstance(handle, str) else "", pds, access, refresh)


class Sessions:
    """Opens and renews sessions."""

    def __init__(self, xrpc: Xrpc) -> None:
        self._xrpc = xrpc

    async def open(self, given: Mapping[str, str]) -> tuple[Session, dict[str, Any]]:
        """Sign in with what was typed; returns the secrets to keep. Raises Rejected."""
        server = addresses.read(given.get("server") or ENTRYWAY, field="server", allow_http=True)
        try:
            answer = await self._create(server, _identifier(given, server), given["password"])
        except PublishFailed as no:
            raise _not_reached(server, no) from no
        session = read(answer, server)
        if session is None:
            raise _refused(answer, server)
        secrets = _secrets(session, server)
        if given.get("keep") != "no" and session.is_of_app_password:
            secrets["password"] = given["password"]
        return session, secrets

    async def _create(self, server: str, identifier: str, password: str) -> Answer:
        body = {"identifier": identifier, "password": password}
        nobody = Access(server, "")
        return await self._xrpc.ask("POST", "com.atproto.server.createSession", nobody, json=body)

    async def refresh(self, access: Access) -> Renewed:
        """Renew a session; when it is over, open another if the password was kept.

        Raises PublishFailed.
        """
        ours = {**access.secrets, "access": access.secrets.get("refresh", "")}
        method = "com.atproto.server.refreshSession"
        renewing = Access(server_of(access), access.account, access.remote_id, ours)
        answer = await calmly(self._xrpc.ask("POST", method, renewing), access)
        if answer.status in {400, 401} and error(answer)[0] in _ENDED:
            return await self._reopened(access)
        return _renewed(answer, access)

    async def _reopened(self, access: Access) -> Renewed:
        password = access.secrets.get("password")
        if not password:
            raise over(access)
        server = str(access.secrets.get("service") or access.base_url)
        answer = await calmly(self._create(server, access.remote_id, str(password)), access)
        if answer.status in {400, 401} and error(answer)[0] in {"", *_ENDED}:
            raise over(access)
        return _renewed(answer, access)


def _identifier(given: Mapping[str, str], server: str) -> str:
    typed = given["handle"].removeprefix("@")
    if typed.startswith("did:"):
        return typed
    is_name_alone = not set(typed) & set(".@") and server == ENTRYWAY
    return f"{typed}{HANDLES_THERE if is_name_alone else ''}".lower()


def _secrets(session: Session, server: str) -> dict[str, Any]:
    tokens = {"access": session.access, "refresh": session.refresh}
    return {"service": server, "pds": session.pds, **tokens}


def _renewed(answer: Answer, access: Access) -> Renewed:
    session = read(answer, server_of(access))
    if session is None:
        raise not_renewed(answer, access)
    if session.did != access.remote_id:
        raise over(access)
    kept = {**access.secrets, "pds": session.pds}
    kept |= {"access": session.access, "refresh": session.refresh}
    return Renewed(kept, session.expires_at)


def not_renewed(answer: Answer, access: Access) -> PublishFailed:
    """Sort an answer that brings no access: wait, or connect the channel again."""
    outcome = failed(answer, access).outcome
    if answer.status < 300 or isinstance(outcome, Unknown):
        reason = f"{who(access)}: access could not be renewed. {NOTHING_YET}"
        return PublishFailed(TryLater(reason))
    return over(access) if isinstance(outcome, Refused) else PublishFailed(outcome)


def over(access: Access) -> PublishFailed:
    """Return that only a person can let us in again."""
    reason = f"{who(access)}: our access has ended and cannot be renewed. Nothing was posted."
    return PublishFailed(Disconnected(f"{reason} Connect the channel again."))


def _not_reached(server: str, no: PublishFailed) -> Exception:
    if isinstance(no.outcome, Refused):  # an address that is not allowed: it says why
        return no
    message = f"{URL(server).host} did not answer. Check the address, or try again in a moment."
    return Rejected(Problem("server_unreachable", message, "server"))


def _refused(answer: Answer, server: str) -> Exception:
    name, _ = error(answer)
    if name == "AuthFactorTokenRequired":
        return Rejected(Problem("app_password_needed", _TWO_FACTORS, "password"))
    if name in _ENDED or (answer.status == 401 and not name):
        message = "That handle and that app password do not belong together. Check both."
        return Rejected(Problem("password_wrong", message, "password"))
    if answer.status in {401, 403, 429}:
        return failed(answer, Access(server, ""))
    if answer.status >= 500:
        message = f"{URL(server).host} has trouble of its own. Try again in a moment."
        return Rejected(Problem("server_unreachable", message, "server"))
    message = f"{URL(server).host} does not answer as a Bluesky server does. Check the address."
    return Rejected(Problem("server_unknown", message, "server"))


_TWO_FACTORS = (
    "That is the account's own password, which asks for a code from an e-mail. Make an app password"
    " at Bluesky, in the settings under Privacy and security, and use that."
)
