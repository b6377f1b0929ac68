"""The dry run: what networks would say of a post, before anything is saved or sent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from socialapp import providers
from socialapp.domain import checks, utm
from socialapp.domain.checks import AltText, Verdict
from socialapp.domain.content import Capabilities, Content, Kind
from socialapp.domain.errors import Rejected
from socialapp.domain.utm import Links
from socialapp.providers.contract import capabilities_of
from socialapp.store import people
from socialapp.store.contents import Written
from socialapp.store.session import AsyncSession
from socialapp.store.tables import Channel


@dataclass(frozen=True)
class Result:
    """What one network says."""

    network: str
    """As it was asked for."""
    channel_id: int | None
    verdict: Verdict
    thread: Sequence[str] | None = None
    """The texts of a thread that fits, where one would mend it."""

    def as_data(self) -> dict[str, Any]:
        """Return it as programs are given it."""
        verdict = self.verdict
        return {
            "network": self.network,
            "channel_id": self.channel_id,
            "ok": verdict.is_ok,
            "count": verdict.count,
            "limit": verdict.limit,
            "unit": verdict.unit,
            "problems": [asdict(problem) for problem in verdict.problems],
            "thread": self.thread,
        }


async def alt_text_rule(db: AsyncSession, workspace_id: int) -> AltText:
    """Return what a workspace wants of media that nobody described."""
    return AltText((await people.workspace(db, workspace_id)).alt_text_rule)


def takes(channel: Channel, kind: Kind = Kind.POST) -> tuple[str, Capabilities]:
    """Return the name of a channel's network, and what it takes of this channel, for a kind."""
    provider = providers.kind(channel.provider)
    return provider.name, capabilities_of(provider, channel.known).of(kind)


def of_channel(written: Written, channel: Channel, *, alt_text: AltText) -> Result:
    """Say what a channel's network thinks of a post."""
    name, can = takes(channel, written.shared.kind)
    content = written.to(channel.id or 0, can, channel.options)
    links = written.links(channel.provider, channel.handle)
    return _result(content, links, can, name, channel.provider, channel.id, alt_text)


def of_network(written: Written, network: str, *, alt_text: AltText) -> Result:
    """Say what a network thinks of a post, whether or not a channel is connected to it.

    Raises Rejected when nothing is known of such a network.
    """
    name, can = providers.rules(network)
    can = can.of(written.shared.kind)
    links = written.links(network)
    return _result(written.to(0, can, {}), links, can, name, network, None, alt_text)


def _result(
    content: Content,
    links: Links,
    can: Capabilities,
    name: str,
    network: str,
    channel_id: int | None,
    alt_text: AltText,
) -> Result:
    sent = utm.tagged(content, links)
    verdict = checks.check(sent, can, network=name, alt_text=alt_text)
    placed = [utm.located(problem, content, links) for problem in verdict.problems]
    verdict = replace(verdict, problems=placed)
    return Result(network, channel_id, verdict, _thread(content, links, can, verdict))


def _thread(
    content: Content, links: Links, can: Capabilities, verdict: Verdict
) -> list[str] | None:
    if not any(problem.fix == "split" for problem in verdict.problems):
        return None
    try:
        return split(content, links, [can])
    except Rejected:
        return None


def split(content: Content, links: Links, networks: Sequence[Capabilities]) -> list[str]:
    """Return texts that fit with what their links get, as they are written, without it.

    Raises Rejected when there is no room for text.
    """
    parts = checks.as_thread(utm.tagged(content, links), networks)
    found = [each for part in content.thread for each in utm.insertions(part.text, links)]
    return utm.untagged([part.text for part in parts], found)
