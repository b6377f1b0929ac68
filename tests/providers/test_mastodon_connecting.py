"""An account is connected by a visit to its server, or with a token that was made there."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from socialapp.domain.errors import Rejected
from socialapp.domain.outcome import Disconnected, TryLater
from socialapp.providers.contract import Connected, PublishFailed, Visit
from socialapp.providers.http import Http
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.mastodon.connecting import address
from tests.networks.mischief import Mischief
from tests.providers.desk_mastodon import Scripted, adapter, intent, outcome_of
from tests.providers.stage_mastodon import access_to
from tests.servers.asking import ask
from tests.servers.mastodon.server import Mastodon as Server
from tests.servers.mastodon_mock import MastodonMock

BACK = "https://app.example/channels/arrived"


@dataclass
class Registry:
    """Where our registrations are kept."""

    kept: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    async def get(self, provider: str, at: str) -> Mapping[str, Any] | None:
        return self.kept.get((provider, at))

    async def put(self, provider: str, at: str, app: Mapping[str, Any]) -> None:
        self.kept[provider, at] = app


@dataclass
class Traveller:
    """A person who connects an account on a server."""

    mastodon: Mastodon
    at: str
    apps: Registry = field(default_factory=Registry)

    async def depart(self, at: str = "") -> Visit:
        given = {"address": at or self.at}
        return await self.mastodon.depart("visit", given, back=BACK, state="s1", apps=self.apps)

    async def decide(self, visit: Visit, **click: str) -> dict[str, str]:
        """Click at the server, and return what one comes back with."""
        decided = await ask("POST", visit.url, data=click)
        assert decided.status == 302, decided.body
        assert decided.headers["Location"].startswith(BACK)
        return {n: v[0] for n, v in parse_qs(urlsplit(decided.headers["Location"]).query).items()}

    async def arrive(self, visit: Visit, came: Mapping[str, str]) -> Connected:
        return await self.mastodon.arrive("visit", visit.keep, came, back=BACK, apps=self.apps)

    async def travels(self, **click: str) -> Connected:
        visit = await self.depart()
        return await self.arrive(visit, await self.decide(visit, **click))


@pytest.fixture
async def traveller(mastodon: Server) -> AsyncIterator[Traveller]:
    async with adapter() as provider:
        yield Traveller(provider, mastodon.base_url)


def asked(visit: Visit) -> dict[str, str]:
    return {n: v[0] for n, v in parse_qs(urlsplit(visit.url).query).items()}


def problem(error: pytest.ExceptionInfo[Rejected]) -> tuple[str, str]:
    (one,) = error.value.problems
    return one.code, one.field


async def test_a_visit_gives_access_that_posts(traveller: Traveller, mastodon: Server) -> None:
    connected = await traveller.travels(account="alice")

    host = urlsplit(mastodon.base_url).netloc
    account = connected.account
    assert (account.remote_id, account.name) == (mastodon.account("alice").id, "Alice")
    assert account.handle == f"@alice@{host}"
    assert account.url == f"{mastodon.base_url}/@alice"
    assert connected.address == mastodon.base_url
    access = access_to(mastodon)
    mine = type(access)(connected.address, account.handle, account.remote_id, connected.secrets)
    await traveller.mastodon.publish(intent(), mine, once="k")
    assert mastodon.count() == {"Hello": 1}


async def test_a_visit_is_bound_by_state_and_by_pkce_and_asks_for_little(
    traveller: Traveller, mastodon: Server
) -> None:
    visit = await traveller.depart()

    query = asked(visit)
    assert query["state"] == "s1"
    assert query["redirect_uri"] == BACK
    assert query["code_challenge_method"] == "S256"
    assert query["scope"].split() == ["profile", "read:statuses", "write:statuses", "write:media"]
    came = await traveller.decide(visit, account="alice")
    stolen = Visit(visit.url, {**visit.keep, "verifier": "another" * 8})
    with pytest.raises(Rejected) as no:
        await traveller.arrive(stolen, came)
    assert problem(no) == ("not_granted", "way")
    (app,) = mastodon.oauth.apps.values()
    assert app.website is None  # it would stand under each post


async def test_an_older_server_is_visited_without_pkce(
    traveller: Traveller, mastodon: Server
) -> None:
    mastodon.site.is_before_4_3 = True

    visit = await traveller.depart()
    connected = await traveller.arrive(visit, await traveller.decide(visit, account="bob"))

    assert "code_challenge" not in asked(visit)
    assert asked(visit)["scope"].split()[0] == "read:accounts"
    assert connected.account.handle.startswith("@bob@")


async def test_the_app_is_registered_once_at_a_server_and_again_when_it_was_forgotten(
    traveller: Traveller, mastodon: Server
) -> None:
    await traveller.travels(account="alice")
    await traveller.travels(account="bob")
    assert len(mastodon.oauth.apps) == 1

    mastodon.oauth.apps.clear()
    await traveller.travels(account="alice")
    assert len(mastodon.oauth.apps) == 1

    traveller.apps.kept["mastodon", traveller.at] = {
        **traveller.apps.kept["mastodon", traveller.at],
        "redirect_uri": "https://old.example/",
    }
    await traveller.travels(account="alice")
    assert len(mastodon.oauth.apps) == 2


async def test_an_app_that_is_forgotten_during_the_visit_is_registered_again(
    traveller: Traveller, mastodon: Server
) -> None:
    visit = await traveller.depart()
    came = await traveller.decide(visit, account="alice")
    mastodon.oauth.apps.clear()

    with pytest.raises(Rejected, match="Begin again") as no:
        await traveller.arrive(visit, came)

    assert problem(no) == ("not_granted", "way")
    assert len(mastodon.oauth.apps) == 1
    assert (await traveller.travels(account="alice")).account.name == "Alice"


async def test_who_does_not_allow_it_is_told_that_nothing_was_connected(
    traveller: Traveller,
) -> None:
    visit = await traveller.depart()

    for came in (await traveller.decide(visit, deny="1"), {}):
        with pytest.raises(Rejected, match="Nothing was connected") as no:
            await traveller.arrive(visit, came)
        assert problem(no) == ("not_allowed", "way")
    with pytest.raises(Rejected, match=r"invalid_scope.*Begin again"):
        await traveller.arrive(visit, {"error": "invalid_scope"})


async def test_a_code_is_redeemed_once(traveller: Traveller) -> None:
    visit = await traveller.depart()
    came = await traveller.decide(visit, account="alice")
    await traveller.arrive(visit, came)

    with pytest.raises(Rejected, match="Begin again"):
        await traveller.arrive(visit, came)


async def test_the_server_of_others_connects_too(mastodon_mock: MastodonMock) -> None:
    async with adapter() as provider:
        traveller = Traveller(provider, mastodon_mock.base_url)
        token = mastodon_mock.tokens["alice"]
        typed = {"address": mastodon_mock.base_url, "token": token}

        visit = await traveller.depart()
        pasted = await provider.connect("token", typed)

    assert asked(visit)["client_id"]
    assert pasted.account.handle.startswith("@alice@")
    assert provider.adapted(pasted.account.known).text_limit == 500


# A token that was pasted.


async def test_a_pasted_token_is_tried(mastodon: Server) -> None:
    token = mastodon.token("alice", "profile read:statuses write:statuses write:media")
    async with adapter() as provider:
        typed = {"address": mastodon.base_url, "token": f" {token}\n"}
        connected = await provider.connect("token", typed)

    assert connected.account.remote_id == mastodon.account("alice").id
    assert connected.secrets == {"token": token}
    assert token not in repr(connected)
    assert token not in str(connected.account.known)


@pytest.mark.parametrize(
    ("token", "code"),
    [("no-such-token", "access_refused"), ("two words", "token_invalid"), ("ü", "token_invalid")],
)
async def test_a_token_that_opens_nothing_is_refused(
    mastodon: Server, token: str, code: str
) -> None:
    async with adapter() as provider:
        with pytest.raises(Rejected) as no:
            await provider.connect("token", {"address": mastodon.base_url, "token": token})

    assert problem(no) == (code, "token")
    assert token not in str(no.value)


async def test_a_token_that_may_not_read_is_refused_for_then_nothing_could_be_found(
    mastodon: Server,
) -> None:
    token = mastodon.token("alice", "profile write:statuses write:media")
    async with adapter() as provider:
        with pytest.raises(Rejected, match="read:statuses") as no:
            await provider.connect("token", {"address": mastodon.base_url, "token": token})

    assert problem(no) == ("scope_missing", "token")


# Addresses.


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mastodon.social", "https://mastodon.social"),
        ("  Mastodon.Social/ ", "https://mastodon.social"),
        ("https://mastodon.social/@alice", "https://mastodon.social"),
        ("mastodon.social/@alice", "https://mastodon.social"),
        ("@alice@mastodon.social", "https://mastodon.social"),
        ("alice@mastodon.social", "https://mastodon.social"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("social.example:8443", "https://social.example:8443"),
    ],
)
def test_an_address_is_read_of_what_people_type(typed: str, found: str) -> None:
    assert address(typed, allow_http=False) == found


@pytest.mark.parametrize("typed", ["", "@", "not an address", "https://a@b.example/", "ftp://x.y"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(Rejected) as no:
        address(typed, allow_http=True)
    assert problem(no)[1] == "address"


async def test_http_is_for_private_networks_alone(mastodon: Server) -> None:
    async with Http(connect_s=1, request_s=1) as http:
        with pytest.raises(Rejected) as no:
            await Traveller(Mastodon(http), mastodon.base_url).depart()
        with pytest.raises(PublishFailed, match="not allowed"):
            await Traveller(Mastodon(http), "https://127.0.0.1:1").depart()

    assert problem(no) == ("address_invalid", "address")
    assert not mastodon.seen


# Servers that are none, or misbehave.


async def test_a_server_that_is_none_of_these_is_named(mastodon: Server) -> None:
    page = web.Response(text="<html>A shop</html>", content_type="text/html")
    apps = "POST /api/v1/apps"
    for answer in (page, web.json_response({"client_id": 1}), web.json_response([])):
        async with Scripted({apps: answer}) as server, adapter() as provider:
            with pytest.raises(Rejected) as no:
                await Traveller(provider, server.address).depart()
        assert problem(no) == ("not_mastodon", "address")


async def test_silence_while_connecting_is_about_the_address(
    traveller: Traveller, mastodon: Server
) -> None:
    paths = ["/.well-known/oauth-authorization-server", "/api/v1/apps"]
    for method, path in zip(["GET", "POST"], paths, strict=True):
        mastodon.disturb(Mischief.ANSWER_LOST, method=method, path=path)
        with pytest.raises(Rejected) as no:
            await traveller.depart()
        assert problem(no) == ("no_answer", "address")
    with pytest.raises(Rejected) as no:
        await traveller.depart("http://127.0.0.1:1")
    assert problem(no) == ("no_answer", "address")


async def test_metadata_that_makes_no_sense_is_as_good_as_none(mastodon: Server) -> None:
    senseless = {"scopes_supported": 7, "code_challenge_methods_supported": {"S256": 1}}
    says = {
        "GET /.well-known/oauth-authorization-server": web.json_response(senseless),
        "POST /api/v1/apps": web.json_response({"client_id": "a", "client_secret": "b"}),
    }
    async with Scripted(says) as server, adapter() as provider:
        visit = await Traveller(provider, server.address).depart()

    assert asked(visit)["scope"].startswith("read:accounts ")
    assert "code_challenge" not in asked(visit)


@pytest.mark.parametrize("token", ["", None, 7, "two\nlines", "x" * 5000])
async def test_a_token_that_is_none_is_not_kept(mastodon: Server, token: object) -> None:
    says = {
        "POST /api/v1/apps": web.json_response({"client_id": "a", "client_secret": "b"}),
        "POST /oauth/token": web.json_response({"access_token": token}),
    }
    async with Scripted(says) as server, adapter() as provider:
        traveller = Traveller(provider, server.address)
        visit = await traveller.depart()
        with pytest.raises(Rejected) as no:
            await traveller.arrive(visit, {"code": "c"})

    assert problem(no) == ("not_granted", "way")


# Connected before.


async def test_verify_says_when_access_was_lost_or_the_server_is_away(mastodon: Server) -> None:
    access = access_to(mastodon)
    away = type(access)("http://127.0.0.1:1", "@alice", "7", access.secrets)
    async with adapter() as provider:
        known = await provider.verify(access)
        mastodon.oauth.revoke_all("alice")

        assert isinstance(await outcome_of(provider.verify(access)), Disconnected)
        assert isinstance(await outcome_of(provider.verify(away)), TryLater)
    assert known.remote_id == access.remote_id
