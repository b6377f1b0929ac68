"""How the judge's five kinds of network are published to: an honest adapter each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from socialapp.domain.content import Capabilities, Repeats
from socialapp.domain.outcome import Absent, Finding, Posted, Refused, Unknown
from socialapp.providers.contract import Access, Account, Provider, PublishFailed, Way
from socialapp.providers.http import Answer, Http, failure
from socialapp.providers.intent import Intent

Leaving = Callable[[], None] | None
SETTLING = timedelta(seconds=0.3)
LINGERS = timedelta(seconds=4)
_CLOCKS_DIFFER = timedelta(seconds=0.02)


def _capabilities(repeats: Repeats, *, can_find: bool = True, parallel: int = 1) -> Capabilities:
    return Capabilities(
        text_limit=500,
        parts=10,
        repeats=repeats,
        can_find=can_find,
        settling=SETTLING,
        lingers=LINGERS,
        at_once=64,
        at_once_per_channel=parallel,
    )


@dataclass
class _Line:
    """What all five do: speak HTTP, and turn answers into outcomes."""

    http: Http

    async def ask(self, method: str, url: str, **request: Any) -> Answer:
        """Send one request; raises PublishFailed unless it was answered with success."""
        answer = await self.http.send(method, url, **request)
        if answer.status != 200:
            raise failure(answer, network="The judge", words=_words(answer))
        return answer

    async def look(self, url: str) -> Any:
        """Read something; None when it is not there. Raises PublishFailed."""
        answer = await self.http.send("GET", url)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise failure(answer, network="The judge", words=_words(answer))
        return _json(answer)

    async def newest(self, intent: Intent, url: str, *, since: datetime) -> Finding:
        """Look for the post in the account's own timeline; never raises."""
        try:
            for post in reversed(await self.look(url)):
                is_same = post["text"] == intent.part.text and post["id"] not in intent.elsewhere
                if is_same and _at(post) >= since - _CLOCKS_DIFFER:
                    return _as_posted(post) if not intent.twins else Unknown("It may be another's.")
        except PublishFailed:
            return Unknown("The judge could not be asked whether the post is there.")
        return Absent()


class _Adapter:
    """What all five have."""

    ways: tuple[Way, ...] = ()

    def __init__(self, http: Http) -> None:
        self._line = _Line(http)

    async def verify(self, access: Access) -> Account:
        """Say who it is: the judge knows everybody."""
        await self._line.look(_url(access, "posts"))
        return Account(access.account, access.account, access.account)


class ClientId(_Adapter):
    """We choose the post's id: the same again changes nothing."""

    key = "client_id"
    name = "Client id"
    capabilities = _capabilities(Repeats.CLIENT_ID, parallel=64)

    async def publish(
        self, intent: Intent, access: Access, *, once: str, leaving: Leaving = None
    ) -> Posted:
        """Put the post where its id says."""
        url, body = _url(access, f"posts/{once}"), {"text": intent.part.text}
        return _posted(await self._line.ask("POST", url, leaving=leaving, json=body))

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask for it by its id."""
        try:
            post = await self._line.look(_url(access, f"posts/{once}"))
        except PublishFailed:
            return Unknown("The judge could not be asked whether the post is there.")
        return _as_posted(post) if post else Absent()


class Prepared(_Adapter):
    """A container is made before the moment; committing it twice is committing it once."""

    key = "prepared"
    name = "Prepared"
    capabilities = _capabilities(Repeats.PREPARED)

    def has_to_prepare(self, intent: Intent) -> bool:
        """Each post has its container."""
        return True

    async def prepare(self, intent: Intent, access: Access, *, once: str) -> dict[str, Any]:
        """Make a container for each part; one that is never committed is forgotten."""
        url, made = _url(access, "containers"), []
        for part in intent.content.thread:
            answer = await self._line.ask("POST", url, json={"text": part.text})
            made.append(_json(answer)["container"])
        return {"containers": made}

    async def publish(
        self, intent: Intent, access: Access, *, once: str, leaving: Leaving = None
    ) -> Posted:
        """Commit the container that was frozen with the intent."""
        url = _url(access, f"containers/{_container(intent)}/publish")
        return _posted(await self._line.ask("POST", url, leaving=leaving))

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask what became of the container."""
        try:
            found = await self._line.look(_url(access, f"containers/{_container(intent)}"))
        except PublishFailed:
            return Unknown("The judge could not be asked whether the post is there.")
        return _as_posted(found["post"]) if found and found["post"] else Absent()


class ServerKey(_Adapter):
    """A key makes a repeat recognisable: for a while, and not in parallel. So look first."""

    key = "server_key"
    name = "Server key"
    capabilities = _capabilities(Repeats.SERVER_KEY)

    async def publish(
        self, intent: Intent, access: Access, *, once: str, leaving: Leaving = None
    ) -> Posted:
        """Post it with our key."""
        url, body, headers = (
            _url(access, "posts"),
            {"text": intent.part.text},
            {"Idempotency-Key": once},
        )
        answer = await self._line.ask("POST", url, leaving=leaving, json=body, headers=headers)
        return _posted(answer)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Read our own timeline back."""
        return await self._line.newest(intent, _url(access, "posts"), since=since)


class RefusesDuplicates(_Adapter):
    """The same words twice are refused, which proves that they are there."""

    key = "refused"
    name = "Refuses duplicates"
    capabilities = _capabilities(Repeats.REFUSED)

    async def publish(
        self, intent: Intent, access: Access, *, once: str, leaving: Leaving = None
    ) -> Posted:
        """Post it; a refused duplicate of our own attempt is that attempt, found."""
        url, body = _url(access, "posts"), {"text": intent.part.text}
        answer = await self._line.http.send("POST", url, leaving=leaving, json=body)
        if answer.status in {403, 422} and _field(answer, "code") == "duplicate":
            return await self._found(answer, intent, access)
        if answer.status != 200:
            raise failure(answer, network="The judge", words=_words(answer))
        return _posted(answer)

    async def _found(self, answer: Answer, intent: Intent, access: Access) -> Posted:
        """Return the post that this is a duplicate of, if it is ours: an older one is another."""
        there = _field(answer, "post") or await self._same_words(intent, access)
        if there is None:
            reason = "The judge has it, and does not show it yet."
            raise PublishFailed(Unknown(reason))
        if _at(there) >= datetime.fromisoformat(intent.created_at) - _CLOCKS_DIFFER:
            return _as_posted(there)
        words = "The judge refused it: an older post has the same words. Nothing was posted."
        raise PublishFailed(Refused(words))

    async def _same_words(self, intent: Intent, access: Access) -> dict[str, Any] | None:
        posts = await self._line.look(_url(access, "posts"))
        return next((p for p in reversed(posts) if p["text"] == intent.part.text), None)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Read our own timeline back."""
        return await self._line.newest(intent, _url(access, "posts"), since=since)


class Nothing(_Adapter):
    """Each request is a post, and nobody can be asked: silence is for a person to settle."""

    key = "nothing"
    name = "Nothing"
    capabilities = _capabilities(Repeats.NOTHING, can_find=False)

    async def publish(
        self, intent: Intent, access: Access, *, once: str, leaving: Leaving = None
    ) -> Posted:
        """Post it."""
        url, body = _url(access, "posts"), {"text": intent.part.text}
        return _posted(await self._line.ask("POST", url, leaving=leaving, json=body))


ADAPTERS: tuple[type[Provider], ...] = (
    ClientId,
    Prepared,
    ServerKey,
    RefusesDuplicates,
    Nothing,
)


def _container(intent: Intent) -> str:
    return str(intent.prepared["containers"][intent.index])


def _url(access: Access, rest: str) -> str:
    return f"{access.base_url}/{access.account}/{rest}"


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise PublishFailed(Unknown("The judge's answer could not be read.")) from error


def _posted(answer: Answer) -> Posted:
    try:
        return _as_posted(_json(answer))
    except (KeyError, TypeError) as error:
        raise PublishFailed(Unknown("The judge's answer could not be read.")) from error


def _at(post: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(post["at"])


def _as_posted(post: dict[str, Any]) -> Posted:
    return Posted(remote_id=post["id"], url=post["url"])


def _field(answer: Answer, name: str) -> Any:
    try:
        return answer.json().get(name)
    except (ValueError, AttributeError):
        return None


def _words(answer: Answer) -> str:
    return str(_field(answer, "error") or "")
