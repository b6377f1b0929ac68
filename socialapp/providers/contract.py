"""Provider, its optional powers, how a channel is connected, and the ways an attempt fails.

A network is one file. It says as data what it can take (`capabilities`) and how an account is
connected (`ways`), does one thing (`publish`), and has the powers that the network gives it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from socialapp.domain.content import Capabilities
from socialapp.domain.outcome import Finding, Outcome, Posted
from socialapp.domain.results import Measurement, Metric
from socialapp.providers.intent import Intent

if TYPE_CHECKING:
    from socialapp.providers.http import Http


class PublishFailed(Exception):
    """The attempt did not end with the network's confirmation; `outcome` says what to do next."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(getattr(outcome, "reason", ""))
        self.outcome = outcome


@dataclass(frozen=True)
class Access:
    """Where a channel's network is, who we are there, and how we get in."""

    base_url: str
    account: str
    """What people call the account: a handle, a login."""
    remote_id: str = ""
    """The network's own id of it."""
    secrets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    known: Mapping[str, Any] = field(default_factory=dict)
    """What verify() learned: limits, names, endpoints."""


# How a channel is connected.


@dataclass(frozen=True)
class Field:
    """Something that a person types to connect."""

    key: str
    label: str
    is_secret: bool = False
    hint: str = ""
    placeholder: str = ""
    is_optional: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label); none: it is typed freely."""


@dataclass(frozen=True)
class Way:
    """One way to connect an account."""

    key: str
    title: str
    text: str
    """What happens, and where to find what is asked for."""
    fields: tuple[Field, ...] = ()
    is_visit: bool = False
    """The person is sent to the network and comes back; else what they typed is all."""


@dataclass(frozen=True)
class Account:
    """Who a channel is, as its network says."""

    remote_id: str
    name: str
    handle: str
    url: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Connected:
    """An account that lets us in."""

    account: Account
    secrets: Mapping[str, Any] = field(repr=False)
    address: str = ""
    """The server, where a network has many."""
    expires_at: datetime | None = None
    shown: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets made for the person, by their labels: shown to them now, and never again."""


@dataclass(frozen=True)
class Visit:
    """Where a person has to go to let us in, and what has to be known when they are back."""

    url: str
    keep: Mapping[str, Any] = field(default_factory=dict, repr=False)


class AppRegistry(Protocol):
    """Where our registrations at servers are kept, sealed."""

    async def get(self, provider: str, address: str) -> Mapping[str, Any] | None:
        """Return our registration at a server."""
        ...

    async def put(self, provider: str, address: str, app: Mapping[str, Any]) -> None:
        """Keep a registration in place of an older one."""
        ...


class Provider(Protocol):
    """A network: what it can take, how it is connected, and the one thing it does."""

    key: str
    name: str
    capabilities: Capabilities
    ways: tuple[Way, ...]

    def __init__(self, http: "Http") -> None: ...

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post the part that is next. `once` is the same at each attempt. Raises PublishFailed.

        `leaving` is called when the request that publishes is about to leave.
        """
        ...

    async def verify(self, access: Access) -> Account:
        """Ask the network who we are, and what it allows. Raises PublishFailed."""
        ...


@runtime_checkable
class Connects(Protocol):
    """A network whose accounts are connected with what a person types."""

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Try what was typed. Raises Rejected for a field, PublishFailed for the network's no."""
        ...


@runtime_checkable
class Visits(Protocol):
    """A network to which a person goes to let us in."""

    async def depart(
        self, way: str, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Say where to go; the network sends the person `back` with `state`."""
        ...

    async def arrive(
        self,
        way: str,
        keep: Mapping[str, Any],
        came: Mapping[str, str],
        *,
        back: str,
        apps: AppRegistry,
    ) -> Connected:
        """Turn what they came back with into access. Raises Rejected, PublishFailed."""
        ...


@runtime_checkable
class Describes(Protocol):
    """A network that reads who we are at an address of ours, instead of registering us."""

    async def client_metadata(self, base_url: str, *, apps: AppRegistry) -> dict[str, Any]:
        """Return our description, for an app at `base_url`; everybody may read it.

        It is served at `GET /api/connect/{provider}/client.json`. The key that it shows is kept
        in `apps`.
        """
        ...


@dataclass(frozen=True)
class Renewed:
    """The next access of a channel."""

    secrets: Mapping[str, Any] = field(repr=False)
    expires_at: datetime | None = None


@runtime_checkable
class Refreshes(Protocol):
    """A network whose access ends by itself, and is renewed without a person."""

    async def refresh(self, access: Access) -> Renewed:
        """Fetch the next access; the old one may be void from then on. Raises PublishFailed."""
        ...


@runtime_checkable
class Adapts(Protocol):
    """A network whose limits differ from server to server, or from account to account."""

    @staticmethod
    def adapted(known: Mapping[str, Any]) -> Capabilities:
        """Return what it can take there, given what verify() learned."""
        ...


@runtime_checkable
class Prepares(Protocol):
    """A network that takes media, or a draft of the post, ahead of the moment."""

    def has_to_prepare(self, intent: Intent) -> bool:
        """Whether there is something to do ahead for this one."""
        ...

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Do what may be done before the moment; again is harmless. Raises PublishFailed.

        Returns what publish() then finds in `intent.prepared`: JSON, kept in the database.
        """
        ...


@runtime_checkable
class Finds(Protocol):
    """A network that can be asked whether an attempt is there."""

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Look for what was sent with `once` at or after `since`; never raises.

        Where the id is not ours to choose, `intent.elsewhere` and `intent.twins` tell it apart from
        other posts with the same words.
        """
        ...


@runtime_checkable
class Deletes(Protocol):
    """A network that takes a post down again."""

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Take down one part, as it stands in `Intent.posted`; gone already is done.

        Raises PublishFailed.
        """
        ...


@runtime_checkable
class Measures(Protocol):
    """A network that says what people did with a post."""

    metrics: tuple[Metric, ...]
    """What it counts, the most telling first."""
    measured_at_once: int
    """Of so many posts one request asks."""

    async def measure(
        self, posted: Sequence[Mapping[str, Any]], access: Access
    ) -> Mapping[str, Measurement]:
        """Return what the network says of posts, by `remote_id`; it may say nothing of some.

        They are given as they stand in `Intent.posted`, at most `measured_at_once`. Raises
        PublishFailed; its words are shown to nobody, for they speak of publishing.
        """
        ...


def capabilities_of(
    provider: "type[Provider] | Provider", known: Mapping[str, Any]
) -> Capabilities:
    """Return what a network can take for one channel, given what is known of it."""
    if known and isinstance(provider, Adapts):
        return provider.adapted(known)
    return provider.capabilities
