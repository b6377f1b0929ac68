"""A network with everything that connecting needs: fields of each kind, a visit, own limits."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from socialapp.domain.content import Capabilities, Option, Repeats
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.outcome import Absent, Disconnected, Finding, Posted, Unknown
from socialapp.providers.contract import (
    Access,
    Account,
    AppRegistry,
    Connected,
    Field,
    PublishFailed,
    Visit,
    Way,
)
from socialapp.providers.http import Answer, Http, failure
from socialapp.providers.intent import Intent

_ADDRESS = Field("address", "Address of the village", placeholder="https://village.example.org")
_CAN = Capabilities(
    text_limit=300,
    images=4,
    parts=5,
    options=(
        Option("content_warning", "Content warning", at_most=80, hint="Shown instead of the text."),
        Option("language", "Language", kind="language"),
        Option(
            "visibility",
            "Who sees it",
            kind="choice",
            choices=(("public", "Everybody"), ("neighbours", "Neighbours only")),
        ),
        Option("sensitive", "Pictures are covered at first", kind="switch"),
        Option("tags", "Topics", kind="tags", at_most=3),
    ),
    repeats=Repeats.CLIENT_ID,
    can_find=True,
    settling=timedelta(seconds=0.3),
    source="https://village.example.org/docs/limits",
)


class Village:
    """A network of many villages, each on a server of its own."""

    key = "village"
    name = "Village Square"
    capabilities = _CAN
    ways: tuple[Way, ...] = (
        Way(
            "token",
            "With a token",
            "Make one in your village under Settings, Programs, and copy it here.",
            (
                _ADDRESS,
                Field("token", "Token", is_secret=True, hint="It begins with vil_."),
                Field("quarter", "Quarter", choices=(("north", "North"), ("south", "South"))),
                Field("note", "Note", is_optional=True),
            ),
        ),
        Way(
            "visit",
            "In the village itself",
            "You go to your village, say yes there, and come back.",
            (_ADDRESS,),
            is_visit=True,
        ),
    )

    def __init__(self, http: Http) -> None:
        self._http = http

    async def connect(self, way: str, given: Mapping[str, str]) -> Connected:
        """Try the token."""
        address = _address(given)
        if not given["token"].startswith("vil_"):
            message = f"Token: {given['token']} is none, it has to begin with vil_."
            raise Rejected(Problem("token_invalid", message, "token"))
        return await self._connected(address, given["token"])

    async def _connected(self, address: str, token: str, ends_in: int = 0) -> Connected:
        account = await self._account(address, token)
        expires_at = datetime.now(UTC) + timedelta(seconds=ends_in) if ends_in else None
        return Connected(account, {"token": token}, address=address, expires_at=expires_at)

    async def depart(
        self, way: str, given: Mapping[str, str], *, back: str, state: str, apps: AppRegistry
    ) -> Visit:
        """Register once at each village, then go."""
        address = _address(given)
        app = await apps.get(self.key, address)
        if app is None:
            answer = await self._http.send("POST", f"{address}/apps", json={"back": back})
            app = _json(answer)
            await apps.put(self.key, address, app)
        asked = {"app": app["id"], "state": state, "back": back}
        page = f"{address}/let-in?{urlencode(asked)}"
        return Visit(page, {"address": address, "proof": "a proof that stays here"})

    async def arrive(
        self,
        way: str,
        keep: Mapping[str, Any],
        came: Mapping[str, str],
        *,
        back: str,
        apps: AppRegistry,
    ) -> Connected:
        """Change the code for a token."""
        app = await apps.get(self.key, keep["address"])
        assert app
        body = {"code": came.get("code", ""), "proof": keep["proof"], "key": app["key"]}
        answer = await self._http.send("POST", f"{keep['address']}/token", json=body)
        if answer.status != 200:
            raise failure(answer, network=self.name, words=_words(answer))
        said = _json(answer)
        return await self._connected(keep["address"], said["token"], said["ends_in"])

    async def verify(self, access: Access) -> Account:
        """Ask the village who we are."""
        return await self._account(access.base_url, access.secrets["token"])

    async def _account(self, address: str, token: str) -> Account:
        answer = await self._http.send("GET", f"{address}/account", headers=_bearer(token))
        if answer.status == 401:
            words = f"The village does not know the token {token}. Nothing was posted."
            raise PublishFailed(Disconnected(words))
        if answer.status != 200:
            raise failure(answer, network=self.name, words=_words(answer))
        said = _json(answer)
        known = {"text_limit": said["text_limit"], "village": said["village"]}
        return Account(said["id"], said["name"], said["handle"], said["url"], known)

    @staticmethod
    def adapted(known: Mapping[str, Any]) -> Capabilities:
        """A village has a limit of its own."""
        limit = known.get("text_limit")
        if isinstance(limit, int) and 0 < limit <= 10_000:
            return replace(_CAN, text_limit=limit)
        return _CAN

    async def client_metadata(self, base_url: str, *, apps: AppRegistry) -> dict[str, Any]:
        """Say who we are."""
        return {"client_id": f"{base_url}/api/connect/village/client.json", "name": "socialapp"}

    async def publish(
        self,
        intent: Intent,
        access: Access,
        *,
        once: str,
        leaving: Callable[[], None] | None = None,
    ) -> Posted:
        """Put the post where its id says."""
        answer = await self._http.send(
            "PUT",
            f"{access.base_url}/posts/{once}",
            leaving=leaving,
            headers=_bearer(access.secrets["token"]),
            json={"text": intent.part.text, "options": dict(intent.options)},
        )
        if answer.status != 200:
            raise failure(answer, network=self.name, words=_words(answer))
        return _posted(answer)

    async def find(self, intent: Intent, access: Access, *, once: str, since: datetime) -> Finding:
        """Ask for it by its id."""
        try:
            answer = await self._http.send(
                "GET",
                f"{access.base_url}/posts/{once}",
                headers=_bearer(access.secrets["token"]),
            )
            return Absent() if answer.status == 404 else _posted(answer)
        except PublishFailed:
            return Unknown("The village could not be asked.")


def _address(given: Mapping[str, str]) -> str:
    address = given["address"].rstrip("/")
    if not address.startswith("http"):
        message = "Address of the village: it begins with https://."
        raise Rejected(Problem("address_invalid", message, "address"))
    return address


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise PublishFailed(Unknown("The village's answer could not be read.")) from error


def _posted(answer: Answer) -> Posted:
    said = _json(answer)
    try:
        return Posted(said["id"], said["url"])
    except (KeyError, TypeError) as error:
        raise PublishFailed(Unknown("The village's answer could not be read.")) from error


def _words(answer: Answer) -> str:
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""
