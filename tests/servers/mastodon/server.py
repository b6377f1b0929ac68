"""A Mastodon of our own making, as strict as the real one, and able to misbehave.

Behaviour is taken from https://docs.joinmastodon.org/api/ and from what servers were seen to do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from aiohttp import web

from tests.networks.mischief import Mischief
from tests.servers.mastodon.instance import Instance
from tests.servers.mastodon.oauth import OAuth
from tests.servers.mastodon.posting import Posting
from tests.servers.mastodon.site import Account, Site, instant, missing, unauthorised
from tests.servers.mastodon.timeline import Timeline
from tests.servers.mastodon.uploads import Uploads
from tests.servers.pace import Left, Pace
from tests.servers.simulator import Handler, Refusal, Simulator


class Mastodon(Simulator):
    """The whole server; its parts hold the switches that are theirs."""

    publishing_paths = "/api/v1/statuses"

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.site = Site(now=self.now, base_url=lambda: self.base_url)
        for name in names or ("alice", "bob"):
            self.site.add_account(name)
        self.oauth = OAuth(self.site)
        self.uploads = Uploads(self.site, self.oauth)
        self.timeline = Timeline(self.site, self.oauth, self.uploads)
        self.posting = Posting(self.site, self.oauth, self.uploads, self.timeline)
        self.instance = Instance(self.site)
        self.resets_in_seconds = False
        """The moment a limit is lifted at is written in seconds since 1970, as others do."""
        self.posts = Pace(300, timedelta(hours=3))
        self.media = Pace(30, timedelta(minutes=30))
        self.requests = Pace(1500, timedelta(minutes=5))

    def account(self, name: str) -> Account:
        """Return one of the accounts."""
        return self.site.accounts[name]

    def token(self, name: str, scopes: str = "read write") -> str:
        """Return a token as somebody makes it by hand in their preferences."""
        return self.oauth.give_token(name, scopes)

    def count(self) -> Counter[str]:
        """Return how often each text is there."""
        return self.timeline.count()

    def routes(self) -> Iterable[web.AbstractRouteDef]:
        """Return what it answers to."""
        parts = (self.instance, self.oauth, self.uploads, self.timeline, self.posting)
        return [route for part in parts for route in part.routes()]

    def refuses(self, how: Mischief) -> Refusal | None:
        """Return Mastodon's words for a mischief."""
        match how:
            case Mischief.LIMITED | Mischief.LIMITED_UNTIL:
                return self._too_many(Left(300, -1, self.now() + timedelta(seconds=2)))
            case Mischief.UNAUTHORISED:
                return unauthorised("The access token was revoked")
            case Mischief.REFUSE:
                return self.site.invalid("Validation failed: Text is not wanted here")
            case Mischief.BUSY:
                return Refusal(503, {"error": "There was a temporary problem serving your request"})
        return None

    def not_found(self) -> Refusal:
        """Return what is said of a path that does not exist."""
        return missing()

    async def handled(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count each request, and say with each answer what is left."""
        left = self._pace(request).take(request.headers.get("Authorization", ""), self.now())
        if left.is_over:
            raise self._too_many(left)
        try:
            answer = await handler(request)
        except Refusal as no:
            raise Refusal(no.status, no.body, self._limits(left)) from no
        answer.headers.update(self._limits(left))
        return answer

    def _pace(self, request: web.Request) -> Pace:
        if request.method == "POST" and request.path == "/api/v1/statuses":
            return self.posts
        if request.method == "POST" and request.path == "/api/v2/media":
            return self.media
        return self.requests

    def _too_many(self, left: Left) -> Refusal:
        return Refusal(429, {"error": "Too many requests"}, self._limits(left))

    def _limits(self, left: Left) -> Mapping[str, str]:
        at = left.resets_at
        return {
            "X-RateLimit-Limit": str(left.limit),
            "X-RateLimit-Remaining": str(max(left.remaining, 0)),
            "X-RateLimit-Reset": (
                str(int(at.timestamp())) if self.resets_in_seconds else instant(at)
            ),
        }
