"""How statuses come to be, are edited and deleted; and the key that says it is the same again."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from aiohttp import web

from tests.servers.mastodon.fields import as_bool, as_list, read_fields
from tests.servers.mastodon.oauth import OAuth
from tests.servers.mastodon.polls import make_poll
from tests.servers.mastodon.site import Account, Site, missing
from tests.servers.mastodon.text import graphemes, length
from tests.servers.mastodon.timeline import Status, Timeline
from tests.servers.mastodon.uploads import Uploads
from tests.servers.simulator import Refusal

KEY_LIVES = timedelta(hours=1)
_VISIBILITIES = ("public", "unlisted", "private", "direct")


class Keys(Enum):
    """What becomes of an `Idempotency-Key` that comes again within the hour."""

    HONOURED = auto()
    """It is the first status, also when both come at once."""
    IN_SEQUENCE = auto()
    """The same, but of those that come at once each is posted: Mastodon before 4.6, and others."""
    FAILS = auto()
    """500, although the first is there: Mastodon 4.6.0 and some after it.

    Source: https://github.com/mastodon/mastodon/issues/40399
    """
    IGNORED = auto()
    """It is posted again, as some other servers do."""


@dataclass(frozen=True)
class Arrived:
    """A request to post, as it came in; it may have been refused."""

    account: str
    text: str
    key: str
    at: datetime


class Posting:
    """Its endpoints. Those of its fields that are switches may be changed while it runs."""

    def __init__(self, site: Site, oauth: OAuth, uploads: Uploads, timeline: Timeline) -> None:
        self._site = site
        self._oauth = oauth
        self._uploads = uploads
        self._timeline = timeline
        self.keys = Keys.HONOURED
        self.think_s = 0.01
        """Between the look at the key and the write: those that come at once meet here."""
        self.arrived: list[Arrived] = []
        self._kept: dict[tuple[str, str], tuple[Status, datetime]] = {}
        self._lines: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [
            web.post("/api/v1/statuses", self._post),
            web.put(r"/api/v1/statuses/{id:\d+}", self._edit),
            web.delete(r"/api/v1/statuses/{id:\d+}", self._delete),
            web.post(r"/api/v1/statuses/{id:\d+}/reblog", self._reblog),
        ]

    def requests(self) -> Counter[str]:
        """Return how often posting each text was asked for."""
        return Counter(arrived.text for arrived in self.arrived)

    async def _post(self, request: web.Request) -> web.Response:
        account = self._oauth.account(request, "write:statuses")
        fields = await read_fields(request)
        key = request.headers.get("Idempotency-Key", "")
        text = str(fields.get("status") or "")
        self.arrived.append(Arrived(account.name, text, key, self._site.now()))
        status = await self._post_once((account.id, key), account, fields)
        return web.json_response(self._timeline.shown(status))

    async def _post_once(
        self, key: tuple[str, str], account: Account, fields: dict[str, Any]
    ) -> Status:
        """Post, unless the key says that it is there. A key is the account's, whatever the app."""
        looks = key[1] != "" and self.keys is not Keys.IGNORED
        waits = looks and self.keys is not Keys.IN_SEQUENCE
        async with self._lines[key] if waits else nullcontext():
            if looks and (known := self._known(key)):
                return known
            await asyncio.sleep(self.think_s)
            status = self._make(account, fields)
            if looks:
                self._kept[key] = status, self._site.now()
        return status

    def _known(self, key: tuple[str, str]) -> Status | None:
        if key not in self._kept:
            return None
        status, kept_at = self._kept[key]
        if self._site.now() >= kept_at + KEY_LIVES:
            return None
        if self.keys is Keys.FAILS:
            page = "<html>We're sorry, but something went wrong</html>"
            raise web.HTTPInternalServerError(text=page, content_type="text/html")
        return self._timeline.own(status.id, status.account)

    def _make(self, account: Account, fields: dict[str, Any]) -> Status:
        if fields.get("scheduled_at"):
            raise self._site.invalid("Validation failed: nothing is scheduled here")
        status = Status(
            id=self._site.new_id(),
            account=account,
            created_at=self._site.now(),
            visibility=fields.get("visibility") or "public",
            in_reply_to=self._replied_to(account, fields.get("in_reply_to_id")),
        )
        if status.visibility not in _VISIBILITIES:
            raise self._site.invalid("Validation failed: Visibility is not included in the list")
        self._fill(status, fields)
        self._timeline.statuses.append(status)
        return status

    def _replied_to(self, account: Account, id_: Any) -> Status | None:
        if not id_:
            return None
        try:
            return self._timeline.visible(str(id_), account)
        except Refusal as error:
            words = "The post you are trying to reply to does not appear to exist."
            raise Refusal(404, {"error": words}) from error

    def _fill(self, status: Status, fields: dict[str, Any]) -> None:
        """Give a status its content. Raises Refusal, and changes nothing, when it breaks a rule."""
        text = str(fields.get("status") or "").strip()
        spoiler = str(fields.get("spoiler_text") or "").strip()
        is_sensitive = as_bool(fields.get("sensitive")) or spoiler != ""
        if not text:  # a warning about nothing is the text
            text, spoiler = spoiler, ""
        ids = as_list(fields.get("media_ids"))
        if ids and fields.get("poll"):
            raise self._site.invalid("Cannot attach files to a post that has a poll")
        uploads = self._uploads.attachable(ids, status.account, status.id)
        self._check(text, spoiler, has_media=bool(uploads))
        status.poll = make_poll(fields.get("poll"), self._site)
        for upload in status.uploads:
            upload.status_id = None
        for upload in uploads:
            upload.status_id = status.id
        status.uploads = uploads
        status.text, status.spoiler_text, status.is_sensitive = text, spoiler, is_sensitive
        status.language = fields.get("language") or None

    def _check(self, text: str, spoiler: str, *, has_media: bool) -> None:
        if not text and not has_media:
            raise self._site.invalid("Validation failed: Text can't be blank")
        limits = self._site.limits
        # A link in a warning is counted as it stands.
        counted = graphemes(spoiler) + length(text, per_url=limits.characters_reserved_per_url)
        if counted > limits.max_characters:
            words = f"Validation failed: Text character limit of {limits.max_characters} exceeded"
            raise self._site.invalid(words)

    async def _edit(self, request: web.Request) -> web.Response:
        """Replace all of the content: what is not sent is gone."""
        account = self._oauth.account(request, "write:statuses")
        status = self._timeline.own(request.match_info["id"], account)
        fields = await read_fields(request)
        self._fill(status, fields)
        for described in fields.get("media_attributes") or []:
            for upload in status.uploads:
                if upload.id == str(described.get("id")) and "description" in described:
                    upload.description = described["description"]
        status.edited_at = self._site.now()
        return web.json_response(self._timeline.shown(status))

    async def _delete(self, request: web.Request) -> web.Response:
        """Delete, and give the text back, to be written anew; its media can be attached again."""
        account = self._oauth.account(request, "write:statuses")
        status = self._timeline.own(request.match_info["id"], account)
        self._timeline.statuses.remove(status)
        for upload in status.uploads:
            upload.status_id = None
        return web.json_response(self._timeline.shown(status) | {"text": status.text})

    async def _reblog(self, request: web.Request) -> web.Response:
        account = self._oauth.account(request, "write:statuses")
        of = self._timeline.visible(request.match_info["id"], account)
        if of.visibility == "direct":
            raise missing()
        now = self._site.now()
        status = Status(self._site.new_id(), account, now, of.visibility, reblog_of=of)
        self._timeline.statuses.append(status)
        return web.json_response(self._timeline.shown(status))
