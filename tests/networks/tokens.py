"""A network whose access ends: each token is good until it is used to fetch the next."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from socialapp.clock import utc_now
from socialapp.domain.outcome import Disconnected, Posted, TryLater
from socialapp.providers.contract import (
    Access,
    Account,
    Connected,
    Field,
    PublishFailed,
    Renewed,
    Way,
)
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from tests.networks.adapters import ClientId


@dataclass
class Office:
    """Who issues the tokens."""

    valid: str = "t0"
    lasts: timedelta = timedelta(hours=2)
    answers_after_s: float = 0.05
    refuses: bool = False
    """It gives out no more tokens."""
    is_silent: bool = False
    is_over: bool = False
    """The last token lets nobody in any more; it is still good for the next one."""
    issued: int = 0
    on_issue: list[Callable[[], Any]] = field(default_factory=list)
    """Called when a token has been issued, before anybody can have kept it."""

    async def issue(self, old: str) -> Renewed:
        """Give out the next token for the last one, which is void from then on."""
        await asyncio.sleep(self.answers_after_s)
        if self.is_silent:
            raise PublishFailed(TryLater("The office does not answer."))
        if self.refuses or old != self.valid:
            raise PublishFailed(Disconnected("The office knows this token no more."))
        self.issued += 1
        self.is_over = False
        self.valid = f"t{self.issued}"
        for call in self.on_issue:
            call()
        return Renewed({"token": self.valid}, utc_now() + self.lasts)


OFFICE: list[Office] = []
"""The one of this test."""


class Tokens(ClientId):
    """The judge's network of chosen ids, behind a door that wants a token."""

    key = "client_id"
    name = "Tokens"
    ways: tuple[Way, ...] = (Way("token", "A token", "", (Field("token", "Token", True),)),)

    def __init__(self, http: Http) -> None:
        super().__init__(http)

    async def connect(self, way: str, given: dict[str, str]) -> Connected:
        """Take the token."""
        access = Access("", "", secrets=given)
        self._check(access)
        account = Account("acc-1", "Shop", "shop")
        return Connected(account, dict(given), expires_at=utc_now() + OFFICE[0].lasts)

    async def refresh(self, access: Access) -> Renewed:
        """Fetch the next token."""
        return await OFFICE[0].issue(access.secrets.get("token", ""))

    async def verify(self, access: Access) -> Account:
        """Show the token."""
        self._check(access)
        return Account("acc-1", "Shop", access.account)

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post it, with the token."""
        self._check(access)
        return await super().publish(intent, access, once=once, leaving=leaving)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Any:
        """Ask for it, with the token."""
        self._check(access)
        return await super().find(intent, access, once=once, since=since)

    def _check(self, access: Access) -> None:
        if OFFICE[0].is_over or access.secrets.get("token") != OFFICE[0].valid:
            raise PublishFailed(Disconnected("The token is not accepted. Nothing was posted."))
