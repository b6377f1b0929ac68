"""What is on the server, and how it is read."""

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.servers.mastodon.oauth import OAuth, covers
from tests.servers.mastodon.polls import Poll
from tests.servers.mastodon.site import Account, Site, instant, missing
from tests.servers.mastodon.text import as_html
from tests.servers.mastodon.uploads import Upload, Uploads

_LISTED, _LISTED_AT_MOST = 20, 40
_FOR_ALL = ("public", "unlisted")


@dataclass(eq=False)
class Status:
    """What somebody has posted, or passed on from somebody else."""

    id: str
    account: Account
    created_at: datetime
    visibility: str = "public"
    text: str = ""
    spoiler_text: str = ""
    language: str | None = None
    is_sensitive: bool = False
    in_reply_to: "Status | None" = None
    uploads: list[Upload] = field(default_factory=list)
    poll: Poll | None = None
    edited_at: datetime | None = None
    reblog_of: "Status | None" = None
    favourites: int = 0


class Timeline:
    """Every status there is, and the endpoints that show them."""

    def __init__(self, site: Site, oauth: OAuth, uploads: Uploads) -> None:
        self._site = site
        self._oauth = oauth
        self._uploads = uploads
        self.statuses: list[Status] = []
        """Oldest first."""

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        return [
            web.get("/api/v1/statuses", self._several),
            web.get(r"/api/v1/statuses/{id:\d+}", self._one),
            web.get(r"/api/v1/statuses/{id:\d+}/source", self._source),
            web.get(r"/api/v1/polls/{id:\d+}", self._poll),
            web.get(r"/api/v1/accounts/{id:\d+}/statuses", self._of_account),
            web.get(r"/@{name}/{id:\d+}", self._page),
        ]

    def count(self) -> Counter[str]:
        """Return how often each text is there."""
        return Counter(status.text for status in self.statuses if not status.reblog_of)

    def visible(self, id_: str, reader: Account | None) -> Status:
        """Return a status. Raises Refusal when it is not there for that reader."""
        for status in self.statuses:
            if status.id == id_ and (status.account is reader or status.visibility in _FOR_ALL):
                return status
        raise missing()

    def own(self, id_: str, account: Account) -> Status:
        """Return a status of that account. Raises Refusal when it has no such status."""
        status = self.visible(id_, account)
        if status.account is not account:
            raise missing()
        return status

    def shown(self, status: Status) -> dict[str, Any]:
        """Return a status as the API shows it."""
        at, account, reply = self._site.base_url(), status.account, status.in_reply_to
        poll, reblog = status.poll, status.reblog_of
        return {
            "id": status.id,
            "uri": f"{at}/users/{account.name}/statuses/{status.id}",
            "url": f"{at}/@{account.name}/{status.id}",
            "account": self._site.profile(account),
            "content": as_html(status.text, at) if status.text else "",
            "spoiler_text": status.spoiler_text,
            "visibility": status.visibility,
            "language": status.language,
            "sensitive": status.is_sensitive,
            "created_at": instant(status.created_at),
            "edited_at": instant(status.edited_at) if status.edited_at else None,
            "in_reply_to_id": reply.id if reply else None,
            "in_reply_to_account_id": reply.account.id if reply else None,
            "media_attachments": [self._uploads.shown(upload) for upload in status.uploads],
            "poll": poll.shown(self._site.now()) if poll else None,
            "reblog": self.shown(reblog) if reblog else None,
            "replies_count": sum(other.in_reply_to is status for other in self.statuses),
            "reblogs_count": sum(other.reblog_of is status for other in self.statuses),
            "favourites_count": status.favourites,
            "emojis": [],
            "card": None,
        }

    async def _one(self, request: web.Request) -> web.Response:
        status = self.visible(request.match_info["id"], self._reader(request))
        return web.json_response(self.shown(status))

    async def _page(self, request: web.Request) -> web.Response:
        """Show a status to whoever follows its link."""
        shown = self.shown(self.visible(request.match_info["id"], None))
        pictures = "".join(
            f'<img src="{media["url"]}" alt="{html.escape(media["description"] or "")}">'
            for media in shown["media_attachments"]
        )
        page = f"<article>{shown['content']}{pictures}</article>"
        return web.Response(text=page, content_type="text/html")

    async def _several(self, request: web.Request) -> web.Response:
        reader, wanted = self._reader(request), request.query.getall("id[]", [])
        found = [
            status
            for status in self.statuses
            if status.id in wanted and (status.account is reader or status.visibility in _FOR_ALL)
        ]
        return web.json_response([self.shown(status) for status in found])

    async def _source(self, request: web.Request) -> web.Response:
        account = self._oauth.account(request, "read:statuses")
        status = self.own(request.match_info["id"], account)
        return web.json_response(
            {"id": status.id, "text": status.text, "spoiler_text": status.spoiler_text}
        )

    async def _poll(self, request: web.Request) -> web.Response:
        for status in self.statuses:
            if status.poll and status.poll.id == request.match_info["id"]:
                self.visible(status.id, self._reader(request))
                return web.json_response(status.poll.shown(self._site.now()))
        raise missing()

    async def _of_account(self, request: web.Request) -> web.Response:
        """List newest first; what is not for all only to its owner."""
        reader, query = self._reader(request), request.query
        by = {account.id: account for account in self._site.accounts.values()}
        account = by.get(request.match_info["id"])
        if account is None:
            raise missing()
        newest = [
            status
            for status in reversed(self.statuses)
            if status.account is account
            and (account is reader or status.visibility in _FOR_ALL)
            and not (status.reblog_of and query.get("exclude_reblogs") in ("true", "1"))
            and not (status.in_reply_to and query.get("exclude_replies") in ("true", "1"))
            and int(status.id) > int(query.get("since_id", query.get("min_id", 0)))
            and int(status.id) < int(query.get("max_id", 2**70))
        ]
        limit = min(int(query.get("limit", _LISTED)), _LISTED_AT_MOST)
        # `min_id` asks for those that follow it, `since_id` for the newest.
        page = newest[-limit:] if "min_id" in query else newest[:limit]
        return web.json_response([self.shown(s) for s in page], headers=self._links(request, page))

    def _links(self, request: web.Request, page: list[Status]) -> dict[str, str]:
        if not page:
            return {}
        here = f"{self._site.base_url()}{request.path}"
        older, newer = f"{here}?max_id={page[-1].id}", f"{here}?min_id={page[0].id}"
        return {"Link": f'<{older}>; rel="next", <{newer}>; rel="prev"'}

    def _reader(self, request: web.Request) -> Account | None:
        """Return who reads; without a token it is anybody."""
        if "Authorization" not in request.headers:
            return None
        token = self._oauth.token(request)
        may_read = covers(token.scopes, "read:statuses")
        return token.account if may_read else self._oauth.account(request, "read:statuses")
