"""A network that does what it is told, one request at a time, and remembers what it did.

Four kinds: one whose id we choose, one that takes the same post twice and can be read, one that
publishes a draft, and one that takes the same post twice and cannot be asked.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from socialapp.domain.content import Capabilities, Repeats
from socialapp.domain.outcome import Absent, Finding, Outcome, Posted, Refused, TryLater, Unknown
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.intent import Intent

SETTLING = timedelta(seconds=3)


class Fate(StrEnum):
    """What becomes of a request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WAIT = "asked to wait"
    NO_ANSWER = "taken, and the answer is lost"
    NEVER_THERE = "lost on its way"


@dataclass
class Request:
    """One that has left, and has not arrived."""

    account: str
    once: str
    text: str
    left_at: datetime
    draft: int | None = None
    is_upload: bool = False
    answer: "asyncio.Future[Fate]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass
class There:
    """A post that the network shows."""

    id: int
    account: str
    once: str
    text: str
    at: datetime
    shown_from: datetime


class Network:
    """All the accounts of all the kinds, behind one wire."""

    def __init__(
        self, now: Callable[[], datetime], leaves: Callable[[Request], None] = lambda _: None
    ) -> None:
        self.now = now
        self.leaves = leaves
        self.posts: list[There] = []
        self.air: list[Request] = []
        self.is_mute = False
        """It does not say what it has."""
        self.is_slow_to_show = False
        self._drafts: dict[int, int | None] = {}

    def of(self, once: str) -> list[There]:
        """Return what is there of a delivery."""
        return [post for post in self.posts if post.once == once]

    async def reaches(self, request: Request) -> Fate:
        """Hang in the air until it is decided what becomes of it."""
        self.air.append(request)
        return await request.answer

    def decide(self, request: Request, fate: Fate) -> None:
        """Let a request arrive, or not, whether or not somebody still waits for the answer."""
        self.air.remove(request)
        if fate in {Fate.ACCEPTED, Fate.NO_ANSWER} and not request.is_upload:
            self._take(request)
        if not request.answer.done():
            request.answer.set_result(fate)

    def _take(self, request: Request) -> None:
        if request.account.startswith("keyed") and self.of(request.once):
            return
        if request.draft is not None:
            if self._drafts[request.draft] is not None:
                return
            self._drafts[request.draft] = len(self.posts)
        shown_from = request.left_at + SETTLING if self.is_slow_to_show else self.now()
        self.posts.append(
            There(
                id=len(self.posts),
                account=request.account,
                once=request.once,
                text=request.text,
                at=self.now(),
                shown_from=shown_from,
            )
        )

    def new_draft(self) -> int:
        """Keep a draft, which is not a post yet."""
        self._drafts[len(self._drafts)] = None
        return len(self._drafts) - 1

    def look(self, once: str, since: datetime) -> Finding:
        """Say what is shown of a delivery from `since` on."""
        if self.is_mute:
            return Unknown("The network does not say.")
        for post in self.of(once):
            if post.at >= since and post.shown_from <= self.now():
                return Posted(str(post.id))
        return Absent()


class _Blind:
    key = "blind"
    name = "Blind"
    capabilities = Capabilities(text_limit=500, repeats=Repeats.NOTHING, settling=SETTLING)
    network: ClassVar[Network]
    """The one of this run: the services know a network by its class."""

    def __init__(self, http: object = None) -> None:
        pass

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        if leaving:
            leaving()
        network = self.network
        request = Request(
            access.account, once, intent.text, network.now(), intent.prepared.get("draft")
        )
        network.leaves(request)
        fate = await network.reaches(request)
        if fate is Fate.ACCEPTED:
            return Posted(str(network.of(once)[-1].id))
        raise PublishFailed(_OUTCOMES[fate])


_OUTCOMES: dict[Fate, Outcome] = {
    Fate.REFUSED: Refused("The network will not have it."),
    Fate.WAIT: TryLater("The network is busy.", after=timedelta(seconds=3)),
    Fate.NO_ANSWER: Unknown("Silence."),
    Fate.NEVER_THERE: Unknown("Silence."),
}


class _Readable(_Blind):
    key = "readable"
    name = "Readable"
    capabilities = Capabilities(
        text_limit=500,
        repeats=Repeats.SERVER_KEY,
        can_find=True,
        settling=SETTLING,
        lingers=SETTLING,
    )

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        return self.network.look(once, since)


class _Keyed(_Readable):
    key = "keyed"
    name = "Keyed"
    capabilities = Capabilities(
        text_limit=500, repeats=Repeats.CLIENT_ID, can_find=True, settling=SETTLING
    )


class _Drafts(_Readable):
    key = "drafts"
    name = "Drafts"
    capabilities = Capabilities(
        text_limit=500, repeats=Repeats.PREPARED, can_find=True, settling=SETTLING
    )

    def has_to_prepare(self, intent: Intent) -> bool:
        return True

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        network = self.network
        request = Request(access.account, once, intent.text, network.now(), is_upload=True)
        fate = await network.reaches(request)
        if fate is not Fate.ACCEPTED:
            raise PublishFailed(_OUTCOMES[fate])
        return {"draft": network.new_draft()}


KINDS: tuple[type[_Blind], ...] = (_Blind, _Readable, _Keyed, _Drafts)


def put_behind(network: Network) -> None:
    """Make it the one that every kind of provider speaks to."""
    _Blind.network = network
