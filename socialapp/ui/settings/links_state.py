"""The workspace's rule for utm parameters, and what it makes of a link."""

from typing import Any

import reflex as rx
from reflex.event import EventSpec

from socialapp.domain import utm as rules
from socialapp.domain.people import Member, Right
from socialapp.domain.utm import UtmRule
from socialapp.services import utm
from socialapp.store import channels
from socialapp.store.session import reading, transaction
from socialapp.ui.components import notice
from socialapp.ui.session import needs, signed_in

_EXAMPLES = 3
_CAMPAIGN = "Autumn"


class LinksState(rx.State):
    """The tab."""

    is_loaded: bool = False
    is_on: bool = False
    source: str = ""
    medium: str = ""
    campaign: str = ""
    hosts: str = ""
    """One on each line."""
    examples: list[dict[str, str]] = []
    """What becomes of a link: `channel`, `link`."""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read the rule again."""
        await self._read(await signed_in(self))

    @needs(Right.ADMIN)
    async def save(self, form: dict[str, Any]) -> EventSpec:
        """Keep the rule that the form says."""
        by = await signed_in(self)
        rule = UtmRule(
            is_on=bool(form.get("utm_on")),
            source=str(form.get("utm_source", ""))[:1000],
            medium=str(form.get("utm_medium", ""))[:1000],
            campaign=str(form.get("utm_campaign", ""))[:1000],
            hosts=tuple(str(form.get("utm_hosts", ""))[:10_000].replace(",", " ").split()),
        )
        async with transaction() as db:
            await utm.change(db, by, rule)
        await self._read(by)
        said = (
            "Links get them from now on." if rule.is_on else "Links are sent as they are written."
        )
        return notice.good(said)

    async def _read(self, by: Member) -> None:
        async with reading() as db:
            rule = await utm.get(db, by)
            there = await channels.of_workspace(db, by.workspace_id)
        self.is_on = rule.is_on
        self.source, self.medium, self.campaign = rule.source, rule.medium, rule.campaign
        self.hosts = "\n".join(rule.hosts)
        link = f"https://{rule.hosts[0] if rule.hosts else 'example.org'}/page"
        self.examples = []
        for channel in there[:_EXAMPLES] if rule.is_on else ():
            about = {"network": channel.provider, "channel": channel.handle}
            to = rules.links(rule, about | {"campaign": _CAMPAIGN})
            sent = rules.put_in(link, rules.insertions(link, to))
            self.examples.append({"channel": channel.name, "link": sent})
        self.is_loaded = True
