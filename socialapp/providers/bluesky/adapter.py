"""Bluesky, as the engine and the people see it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from yarl import URL

from socialapp.domain.content import Capabilities, Look, Option, Repeats
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import (
    Absent,
    Disconnected,
    Finding,
    Posted,
    Refused,
    Trouble,
    TryLater,
    Unknown,
)
from socialapp.domain.results import Measurement
from socialapp.providers.bluesky import client, identity, measuring, record
from socialapp.providers.bluesky.ahead import Ahead, has_something_ahead
from socialapp.providers.bluesky.oauth import OAuth
from socialapp.providers.bluesky.sessions import Sessions, over
from socialapp.providers.bluesky.ways import WAYS
from socialapp.providers.bluesky.xrpc import Xrpc, error, failed, said, server_of, who
from socialapp.providers.contract import (
    Access,
    Account,
    AppRegistry,
    Connected,
    PublishFailed,
    Renewed,
    Visit,
    Way,
)
from socialapp.providers.http import Answer, Http
from socialapp.providers.intent import Intent


class Bluesky:
    """Posts are records under names that we choose, so that a repeat changes nothing."""

    key = "bluesky"
    name = "Bluesky"
    capabilities = Capabilities(
        text_limit=300,
        byte_limit=3000,
        images=4,
        image_bytes=2_000_000,
        video_types=("video/mp4",),
        # A video may be larger by the rules; but then a server does not take it in one piece.
        video_bytes=50_000_000,
        video_s=(0, 180),
        alt_text_limit=2000,
        parts=25,
        options=(
            Option("language", "Language", kind="language"),
            Option(
                "content_warning",
                "Content warning",
                kind="choice",
                choices=record.LABELS,
                is_warning=True,
            ),
            Option("tags", "Tags beside the text", kind="tags", at_most=record.TAGS_AT_MOST),
            Option(
                "link_card",
                "Show a card of the first link",
                kind="switch",
                hint="It is shown unless this is switched off, or there is media.",
            ),
        ),
        look=Look("beside", accent="#0085ff"),
        repeats=Repeats.CLIENT_ID,
        can_find=True,
        settling=timedelta(seconds=1),
        at_once_per_channel=4,
        source="https://github.com/bluesky-social/atproto/tree/main/lexicons/app/bsky",
    )
    ways: tuple[Way, ...] = WAYS
    metrics = measuring.METRICS
    measured_at_once = measuring.AT_ONCE

    def __init__(
        self,
        http: Http,
        *,
        directory: str = identity.DIRECTORY,
        resolver: str = identity.RESOLVER,
    ) -> None:
        self._http = http
        self._xrpc = Xrpc(http)
        self._sessions = Sessions(self._xrpc)
        self._oauth = OAuth(http, self._xrpc, directory=directory, resolver=resolver)

    # Getting in.

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Open a session with an app password."""
        session, secrets = await self._sessions.open(given)
        access = Access(session.pds, session.handle, session.did, secrets)
        try:
            account = await self._account(access)
        except PublishFailed as no:
            raise _unanswered(no) from no
        return Connected(account, secrets, session.pds, session.expires_at)

    async def depart(
        self, way: str, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Find the account's server and tell it that somebody is on the way."""
        try:
            return await self._oauth.depart(given, back=back, state=state, apps=apps)
        except PublishFailed as no:
            raise _unanswered(no) from no

    async def arrive(
        self,
        way: str,
        keep: Mapping[str, Any],
        came: Mapping[str, str],
        *,
        back: str,
        apps: AppRegistry,
    ) -> Connected:
        """Turn what they came back with into access."""
        try:
            arrived = await self._oauth.arrive(keep, came, back=back)
            access = Access(arrived.pds, "", arrived.did, arrived.secrets)
            account = await self._account(access)
        except PublishFailed as no:
            raise _unanswered(no) from no
        return Connected(account, arrived.secrets, arrived.pds, arrived.expires_at)

    async def client_metadata(self, base_url: str, *, apps: AppRegistry) -> dict[str, Any]:
        """Say who we are, and show the key that proves it."""
        return await client.description(base_url, apps)

    async def refresh(self, access: Access) -> Renewed:
        """Fetch the next access, of whichever kind it is."""
        renews = self._oauth if access.secrets.get("key") else self._sessions
        return await renews.refresh(access)

    async def verify(self, access: Access) -> Account:
        """Ask the account's server who we are, and whether the account may post."""
        return await self._account(access)

    async def _account(self, access: Access) -> Account:
        answer = await self._xrpc.ask("GET", "com.atproto.server.getSession", access)
        if answer.status != 200:
            no = failed(answer, access)
            # Of an account that was taken down or deleted it says that it cannot be found.
            raise over(access) if isinstance(no.outcome, Refused) else no
        found = said(answer)
        if found.get("did") != access.remote_id:
            reason = f"{who(access)}: the server takes us for somebody else. Nothing was posted."
            raise PublishFailed(Disconnected(f"{reason} Connect the channel again."))
        if found.get("active") is False:
            reason = f"{who(access)}: this account is not active ({_short(found.get('status'))})."
            raise PublishFailed(Disconnected(f"{reason} Nothing was posted. Settle it there."))
        # An account may have lost its name: then it is called by the one that lasts.
        handle = found["handle"] if identity.is_handle(found.get("handle")) else access.remote_id
        name = await self._display_name(access) or handle
        known = {"server": URL(server_of(access)).host or ""}
        return Account(access.remote_id, name, handle, _profile(handle), known)

    async def _display_name(self, access: Access) -> str:
        """Return what the account calls itself; "" when it does not say, or cannot be asked."""
        try:
            answer = await self._get(access, "app.bsky.actor.profile", "self")
        except PublishFailed:
            return ""
        value = said(answer).get("value")
        return _short(value.get("displayName")) if isinstance(value, dict) else ""

    # Posting.

    def has_to_prepare(self, intent: Intent) -> bool:
        """Text alone is sent as it is."""
        return has_something_ahead(intent)

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Upload media, look up who is mentioned, and make the cards of links."""
        return await Ahead(self._http, self._xrpc, access, self.capabilities).all(intent)

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Put the record under its name, if nothing else is there: the same again is no change.

        Source: https://docs.bsky.app/docs/api/com-atproto-repo-put-record
        """
        if not record.has_what_it_follows(intent):
            reason = f"{who(access)}: the part before is not known here by its name, so none can"
            raise PublishFailed(Refused(f"{reason} follow it. No more was posted."))
        key, post = record.key(intent, once), record.record(intent)
        names = {"repo": access.remote_id, "collection": record.POST, "rkey": key}
        answer = await self._xrpc.ask(
            "POST",
            "com.atproto.repo.putRecord",
            access,
            leaving=leaving,
            json={**names, "record": post, "swapRecord": None},
        )
        if answer.status == 200:
            return _posted(answer, access, key)
        match error(answer)[0]:
            case "InvalidSwap":
                return await self._there(post, access, key)
            case "BlobNotFound":
                reason = f"{who(access)} has forgotten an upload of this post. Nothing was posted"
                reason += " yet; it is uploaded again."
                raise PublishFailed(TryLater(reason, unprepares=True))
        raise failed(answer, access)

    async def _there(self, post: dict[str, Any], access: Access, key: str) -> Posted:
        """Return what is under our name, which the server keeps from us, if it is this post."""
        found = await self._look(post, access, key)
        if isinstance(found, Posted):
            return found
        reason = f"{who(access)} did not say whether it took the post."
        raise PublishFailed(found if isinstance(found, Unknown) else Unknown(reason))

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask for the record by its name."""
        if not record.has_what_it_follows(intent):
            return Absent()
        return await self._look(record.record(intent), access, record.key(intent, once))

    async def _look(self, post: dict[str, Any], access: Access, key: str) -> Finding:
        """Say what is under a name; never raises."""
        unanswered = Unknown(f"{who(access)} could not be asked whether the post is there.")
        try:
            answer = await self._get(access, record.POST, key)
            if error(answer)[0] == "RecordNotFound":
                return Absent()
            if answer.status != 200:
                return unanswered
            if said(answer).get("value") == post:
                return _posted(answer, access, key)
        except PublishFailed:
            return unanswered
        reason = f"{who(access)} has something else in this post's place: somebody changed it"
        return Unknown(f"{reason} there. It was not sent again. Look there.")

    async def _get(self, access: Access, collection: str, key: str) -> Answer:
        """Read a record: it is public, and needs no access."""
        names = {"repo": access.remote_id, "collection": collection, "rkey": key}
        nobody = Access(server_of(access), access.account, access.remote_id)
        return await self._xrpc.ask("GET", "com.atproto.repo.getRecord", nobody, params=names)

    async def delete(self, posted: Mapping[str, Any], access: Access) -> None:
        """Remove the record."""
        key = str(posted["remote_id"]).rpartition("/")[2]
        names = {"repo": access.remote_id, "collection": record.POST, "rkey": key}
        answer = await self._xrpc.ask("POST", "com.atproto.repo.deleteRecord", access, json=names)
        if answer.status != 200:
            raise failed(answer, access)

    # What people did with it.

    async def measure(
        self, posted: Sequence[Mapping[str, Any]], access: Access
    ) -> Mapping[str, Measurement]:
        """Ask the network's own view of posts, through the account's server.

        What that does not know may be gone, or not have arrived there yet: the account's server,
        where it was posted, says which.
        """
        uris = [str(each["remote_id"]) for each in posted]
        answer = await self._xrpc.ask(
            "GET", measuring.METHOD, access, params=[("uris", uri) for uri in uris]
        )
        if answer.status != 200:
            raise failed(answer, access)
        found = measuring.read(said(answer), uris)
        for uri in uris:
            if uri not in found and await self._is_gone(uri, access):
                found[uri] = Measurement(is_gone=True)
        return found

    async def _is_gone(self, uri: str, access: Access) -> bool:
        answer = await self._get(access, record.POST, uri.rpartition("/")[2])
        return error(answer)[0] == "RecordNotFound"


def _posted(answer: Answer, access: Access, key: str) -> Posted:
    """Read a confirmation: that of another post is none."""
    found = said(answer)
    uri, cid = f"at://{access.remote_id}/{record.POST}/{key}", found.get("cid")
    if found.get("uri") != uri or not isinstance(cid, str) or not cid:
        raise PublishFailed(Unknown(f"{who(access)}: the answer could not be read."))
    return Posted(uri, f"{_profile(access.remote_id)}/post/{key}", {"cid": cid})


def _profile(name: str) -> str:
    return f"https://bsky.app/profile/{name}"


def _short(words: Any) -> str:
    return words[:200] if isinstance(words, str) else ""


def _unanswered(no: PublishFailed) -> Exception:
    """Say that somebody on the way did not answer: of a post there is no word in it."""
    is_away = isinstance(no.outcome, TryLater) and no.outcome.trouble is Trouble.NETWORK
    if not is_away and not isinstance(no.outcome, Unknown):
        return no
    message = "Bluesky, or the account's own server, did not answer. Try again in a moment."
    return Rejected(Problem("server_unreachable", message, "way"))
