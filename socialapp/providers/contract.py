"""Provider, its optional powers, Access, and the ways an attempt fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from socialapp.domain.content import Capabilities, Content, Media
from socialapp.domain.outcome import Finding, Outcome, Posted

if TYPE_CHECKING:
    from socialapp.providers.http import Http


class PublishFailed(Exception):
    """The attempt did not end with the network's confirmation; `outcome` says what to do next."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(getattr(outcome, "reason", ""))
        self.outcome = outcome


@dataclass(frozen=True)
class Access:
    """Where a channel's network is and who we are there."""

    base_url: str
    account: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Intent:
    """Exactly what is sent, frozen in the database before the first byte leaves."""

    text: str
    media: tuple[Media, ...]
    created_at: str
    """The moment the post carries on the network, ISO 8601; the same at each attempt."""
    prepared: dict[str, Any] = field(default_factory=dict)
    """What prepare() made at the network: ids of media, of a container."""

    def frozen(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "text": self.text,
            "media": [vars(m) for m in self.media],
            "created_at": self.created_at,
            "prepared": self.prepared,
        }

    @classmethod
    def thawed(cls, kept: dict[str, Any]) -> "Intent":
        """Read what frozen() wrote."""
        media = tuple(Media(**m) for m in kept["media"])
        return cls(kept["text"], media, kept["created_at"], kept.get("prepared", {}))

    @property
    def content(self) -> Content:
        """What the checks look at."""
        return Content(self.text, self.media)


class Provider(Protocol):
    """A network: what it can take, and the one thing it does."""

    key: str
    name: str
    capabilities: Capabilities

    def __init__(self, http: "Http") -> None: ...

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post it. `once` is the same at each attempt. Raises PublishFailed.

        `leaving` is called when the request that publishes is about to leave.
        """
        ...


@runtime_checkable
class Prepares(Protocol):
    """A network that takes media, or a draft of the post, ahead of the moment."""

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Do what may be done before the moment; again is harmless. Raises PublishFailed.

        Returns what publish() then finds in `intent.prepared`: JSON, kept in the database.
        """
        ...


@runtime_checkable
class Finds(Protocol):
    """A network that can be asked whether an attempt is there."""

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Look for what was sent with `once` at or after `since`; never raises."""
        ...
