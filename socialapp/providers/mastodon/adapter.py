"""Mastodon's adapter: what it can, and its one thing: a status is posted, and found again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from socialapp.clock import utc_now
from socialapp.domain.content import Capabilities
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Finding, Posted, Refused, Unknown
from socialapp.domain.results import Measurement, Metric
from socialapp.providers.contract import (
    Access,
    Account,
    AppRegistry,
    Connected,
    PublishFailed,
    Visit,
)
from socialapp.providers.http import Http
from socialapp.providers.intent import Intent
from socialapp.providers.mastodon import accounts, connecting, limits, posting, uploads
from socialapp.providers.mastodon.finding import Search, wanted
from socialapp.providers.mastodon.reading import Unreadable, counts, posted
from socialapp.providers.mastodon.server import Server, fields, read


class Mastodon:
    """An account on a server of the Fediverse."""

    key = connecting.KEY
    name = "Mastodon"
    capabilities = limits.CAPABILITIES
    ways = connecting.WAYS
    metrics = (
        Metric("favourites", "favourite", "favourites"),
        Metric("boosts", "boost", "boosts"),
        Metric("replies", "reply", "replies"),
    )
    measured_at_once = 1
    """Many at once is a request that only servers since 4.3 know."""

    def __init__(self, http: Http) -> None:
        self._http = http

    @staticmethod
    def adapted(known: Mapping[str, Any]) -> Capabilities:
        """Return what the server takes, as it has said."""
        return limits.adapted(known)

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Try a token that was pasted."""
        return await connecting.connect(self._http, given)

    async def depart(
        self, way: str, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Send the person to their server."""
        return await connecting.depart(self._http, given, back=back, state=state, apps=apps)

    async def arrive(
        self,
        way: str,
        keep: Mapping[str, Any],
        came: Mapping[str, str],
        *,
        back: str,
        apps: AppRegistry,
    ) -> Connected:
        """Take the code they bring."""
        return await connecting.arrive(self._http, keep, came, back=back, apps=apps)

    async def verify(self, access: Access) -> Account:
        """Ask the server who we are, and what it takes."""
        return await accounts.verify(Server.of(self._http, access), access.known)

    def has_to_prepare(self, intent: Intent) -> bool:
        """Only media is uploaded before."""
        return any(part.media for part in intent.content.thread[intent.index :])

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Upload the media of what is not out yet; what nobody attaches the server removes."""
        server = Server.of(self._http, access)
        media = [
            [await uploads.upload(server, one) for one in part.media]
            if number >= intent.index
            else []
            for number, part in enumerate(intent.content.thread)
        ]
        return {"media": media, "at": iso(utc_now())}

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Post one status. For an hour a repeated `once` may get the first one back.

        Source: https://docs.joinmastodon.org/methods/statuses/#create
        """
        server = Server.of(self._http, access)
        answer = await server.ask(
            "POST",
            "/api/v1/statuses",
            leaving=leaving,
            headers={"Idempotency-Key": once},
            json=posting.body(server, intent),
        )
        if answer.status in {200, 201}:
            try:
                return posted(read(answer), server.address)
            except Unreadable as error:
                reason = f"The answer of {server.name} could not be read."
                raise PublishFailed(Unknown(reason)) from error
        if posting.has_no_media(intent, answer):
            since = datetime.fromisoformat(intent.created_at)
            finding = await self._search(server, intent, access, since=since)
            return posting.without_media(server, answer, finding)
        raise posting.refused(server, answer)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Read our own list back."""
        server = Server.of(self._http, access)
        return await self._search(server, intent, access, since=since)

    async def _search(
        self, server: Server, intent: Intent, access: Access, *, since: datetime
    ) -> Finding:
        try:
            follows = posting.follows(server, intent) if intent.index else ""
        except PublishFailed as error:
            return Unknown(str(error))
        looks_like = wanted(intent, media=posting.uploaded(intent), follows=follows)
        return await Search(server, access.remote_id, looks_like, since).run(intent.twins)

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Take a status down.

        Source: https://docs.joinmastodon.org/methods/statuses/#delete
        """
        server = Server.of(self._http, access)
        if not posted["remote_id"]:
            reason = f"Nobody knows which post at {server.host} it is. Delete it there by hand."
            raise PublishFailed(Refused(reason, action="check"))
        answer = await server.ask("DELETE", f"/api/v1/statuses/{quote(posted['remote_id'], '')}")
        is_gone = answer.status in {404, 410} and fields(answer)
        if answer.status not in {200, 202, 204} and not is_gone:
            raise server.refused(answer)

    async def measure(
        self, posted: Sequence[Mapping[str, Any]], access: Access
    ) -> Mapping[str, Measurement]:
        """Read a status back.

        Source: https://docs.joinmastodon.org/methods/statuses/#get
        """
        server = Server.of(self._http, access)
        (id_,) = (str(each["remote_id"]) for each in posted)
        answer = await server.ask("GET", f"/api/v1/statuses/{quote(id_, '')}")
        if answer.status in {404, 410} and fields(answer):
            return {id_: Measurement(is_gone=True)}
        if answer.status != 200:
            raise server.refused(answer)
        said = fields(answer)
        return {id_: Measurement(counts(said))} if said.get("id") == id_ else {}
