"""A visit to a network: begun once, ended once, by whom and where it was begun."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from socialapp.clock import utc_now
from socialapp.domain.errors import NotAllowed, Rejected
from socialapp.domain.people import Member, Role
from socialapp.services import connections, keys, visits
from socialapp.services.greetings import LASTS, Greeting, opened, seal
from socialapp.store import secrets
from socialapp.store.session import Database
from socialapp.store.tables import Channel, Connecting, NetworkApp
from tests.people import colleague, key_of
from tests.servers.village import VillageServer

BACK = "http://here.example/api/connect/village/back"


async def go(database: Database, by: Member, village: VillageServer, **more: Any) -> str:
    """Set out, and return the state that the network is given."""
    url = await connections.depart(
        database,
        by,
        provider="village",
        given={"address": village.address},
        back=BACK,
        now=utc_now(),
        **more,
    )
    asked = parse_qs(urlsplit(url).query)
    assert asked["back"] == [BACK]
    return asked["state"][0]


async def come(
    database: Database, by: Member, village: VillageServer, state: str, **more: Any
) -> Channel:
    """Come back with a good code."""
    code = f"code for {state}"
    village.allow(code)
    came = {"state": state, "code": code} | more.pop("came", {})
    return await connections.arrive(
        database, by, state=state, came=came, **{"now": utc_now(), **more}
    )


async def test_who_comes_back_brings_a_channel(
    database: Database, alice: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    channel = await come(database, alice, village, state, provider="village")

    assert (channel.name, channel.handle) == ("Vera Visits", "@vera")
    async with database.reading() as db:
        ends = await secrets.ends(db, [channel.id or 0])
    at = ends[channel.id or 0]
    assert at is not None
    assert timedelta(minutes=59) < at - utc_now() < timedelta(minutes=61)


async def test_we_register_once_at_each_village(
    database: Database, alice: Member, carol: Member, village: VillageServer
) -> None:
    for by in (alice, alice, carol):
        await go(database, by, village)

    async with database.reading() as db:
        (app,) = (await db.execute(select(NetworkApp))).scalars()
    assert village.apps == 1
    assert "key-1" not in app.sealed


async def test_what_has_to_be_known_is_sealed_and_the_state_is_not_kept(
    database: Database, alice: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    async with database.reading() as db:
        (row,) = (await db.execute(select(Connecting))).scalars()
    assert state not in row.state_hash
    assert "proof" not in row.sealed
    assert visits.known(row)["keep"]["proof"] == "a proof that stays here"


async def unknown(database: Database, *args: Any, **more: Any) -> None:
    with pytest.raises(Rejected) as refusal:
        await come(database, *args, **more)
    assert refusal.value.code == "visit_unknown"


async def test_a_visit_ends_once(database: Database, alice: Member, village: VillageServer) -> None:
    state = await go(database, alice, village)
    await come(database, alice, village, state)

    await unknown(database, alice, village, state)


async def test_a_visit_that_took_too_long_is_over(
    database: Database, alice: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    await unknown(database, alice, village, state, now=utc_now() + visits.LASTS)


async def test_nobody_ends_the_visit_of_another(
    database: Database, alice: Member, carol: Member, village: VillageServer
) -> None:
    admin = await colleague(database, alice, Role.ADMIN)
    state = await go(database, alice, village)

    await unknown(database, carol, village, state)
    await unknown(database, admin, village, state)
    await unknown(database, alice, village, f"{state}x")
    await unknown(database, alice, village, "")

    assert (await come(database, alice, village, state)).handle == "@vera"


async def test_who_comes_back_from_another_network_than_they_went_to_is_not_taken_in(
    database: Database, alice: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    await unknown(database, alice, village, state, provider="sandbox")


async def test_what_a_program_began_a_person_of_its_workspace_ends(
    database: Database, alice: Member, carol: Member, village: VillageServer
) -> None:
    program = await keys.use(database, await key_of(database, alice), now=utc_now())
    assert program
    state = await go(database, program, village)

    await unknown(database, carol, village, state)

    assert (await come(database, alice, village, state)).handle == "@vera"


async def test_who_may_not_connect_may_not_come_back(
    database: Database, alice: Member, bob: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    with pytest.raises(NotAllowed):
        await come(database, bob, village, state)


@pytest.mark.parametrize(
    ("came", "words"),
    [
        ({"error": "access_denied"}, "Village Square was told not to let us in."),
        ({"error": "server_error"}, "It said: server_error"),
        ({"error": "x", "error_description": "Closed on Mondays."}, "It said: Closed on Mondays."),
    ],
)
async def test_a_no_is_said_in_words(
    database: Database, alice: Member, village: VillageServer, came: dict[str, str], words: str
) -> None:
    state = await go(database, alice, village)

    with pytest.raises(Rejected) as refusal:
        await come(database, alice, village, state, came=came)

    assert words in refusal.value.detail
    assert "Nothing was changed" in refusal.value.detail


async def test_a_code_that_is_not_good_is_refused_and_not_repeated(
    database: Database, alice: Member, village: VillageServer
) -> None:
    state = await go(database, alice, village)

    with pytest.raises(Rejected) as refusal:
        await come(database, alice, village, state, came={"code": "made-up-by-somebody"})

    assert "The code … is not good." in refusal.value.detail


async def test_a_visit_connects_a_channel_again_and_no_other_account(
    database: Database, alice: Member, village: VillageServer
) -> None:
    first = await come(database, alice, village, await go(database, alice, village))

    again = await go(database, alice, village, channel_id=first.id)
    assert (await come(database, alice, village, again)).id == first.id

    village.visitor.id = "v-77"
    other = await go(database, alice, village, channel_id=first.id)
    with pytest.raises(Rejected) as refusal:
        await come(database, alice, village, other)
    assert refusal.value.code == "another_account"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
async def test_a_browser_is_sent_to_pages_alone(
    database: Database,
    alice: Member,
    village: VillageServer,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
) -> None:
    from socialapp.providers.contract import Visit
    from tests.networks.village import Village

    async def depart(*_: Any, **__: Any) -> Visit:
        return Visit(url)

    monkeypatch.setattr(Village, "depart", depart)

    with pytest.raises(Rejected, match="named no page"):
        await go(database, alice, village)


async def test_a_greeting_is_for_one_person_and_soon_no_news(
    database: Database, alice: Member, carol: Member, village: VillageServer
) -> None:
    now, said = utc_now(), Greeting(True, "Shop is connected.")

    sealed = seal(alice, said, now=now)

    assert opened(alice, sealed, now=now) == said
    assert opened(carol, sealed, now=now) is None
    assert opened(alice, sealed, now=now + LASTS + timedelta(seconds=1)) is None
    assert opened(alice, sealed[:-4] + "AAA=", now=now) is None
    assert opened(alice, "Your account is locked, call 0800", now=now) is None
