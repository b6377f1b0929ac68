"""What a server says of itself is believed as far as it makes sense."""

import json
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from socialapp.domain.content import Capabilities
from socialapp.domain.outcome import Disconnected, Refused
from socialapp.providers.contract import capabilities_of
from socialapp.providers.mastodon.adapter import Mastodon
from socialapp.providers.mastodon.limits import CAPABILITIES, adapted, learned
from tests.providers.desk_mastodon import Scripted, adapter, outcome_of
from tests.providers.stage_mastodon import access_to
from tests.servers.mastodon.server import Mastodon as Server

ME = "GET /api/v1/accounts/verify_credentials"
V1, V2 = "GET /api/v1/instance", "GET /api/v2/instance"
ALICE = {"id": "7", "username": "alice", "display_name": "Alice", "url": "https://x.example/@alice"}


async def known_of(says: dict[str, Any]) -> dict[str, Any]:
    answers = {name: web.json_response(body) for name, body in {ME: ALICE, **says}.items()}
    async with Scripted(answers) as server, adapter() as mastodon:
        account = await mastodon.verify(server.access)
    return json.loads(json.dumps(account.known))


@pytest.mark.parametrize(("is_old", "has_v2"), [(False, True), (True, False)])
async def test_the_limits_are_the_servers_own(mastodon: Server, is_old: bool, has_v2: bool) -> None:
    mastodon.site.is_before_4_3, mastodon.site.has_v2_instance = is_old, has_v2
    limits = mastodon.site.limits
    limits.max_characters, limits.max_media_attachments = 5000, 6
    limits.characters_reserved_per_url, limits.image_size_limit = 25, 8_000_000
    limits.image_matrix_limit, limits.video_size_limit = 1_000_000, 40_000_000
    limits.description_limit, limits.max_options = 900, 6
    limits.max_characters_per_option, limits.min_expiration_s = 80, 60

    async with adapter() as provider:
        account = await provider.verify(access_to(mastodon))
        can = capabilities_of(provider, account.known)

    assert (can.text_limit, can.link_length, can.images, can.videos) == (5000, 25, 6, 1)
    assert (can.image_bytes, can.image_pixels, can.video_bytes) == (8_000_000, 10**6, 40_000_000)
    assert can.alt_text_limit == (1500 if is_old else 900)
    assert "image/avif" in can.image_types
    assert can.video_types == ("video/mp4", "video/webm", "video/quicktime")
    assert can.poll
    assert (can.poll.options, can.poll.option_characters, can.poll.shortest_s) == (6, 80, 60)
    assert (can.repeats, can.can_find, can.count) == (
        CAPABILITIES.repeats,
        CAPABILITIES.can_find,
        "mastodon",
    )


async def test_limits_are_found_where_pleroma_says_them() -> None:
    said = {
        "uri": "https://pl.example",
        "max_toot_chars": 5000,
        "upload_limit": 16_000_000,
        "description_limit": 5000,
        "poll_limits": {"max_options": 20, "max_option_chars": 200, "min_expiration": 0},
    }

    can = adapted(await known_of({V1: said}))

    assert (can.text_limit, can.alt_text_limit) == (5000, 5000)
    assert (can.image_bytes, can.video_bytes) == (16_000_000, 16_000_000)
    assert can.poll
    assert (can.poll.options, can.poll.option_characters, can.poll.shortest_s) == (20, 200, 0)


@pytest.mark.parametrize(
    ("said", "handle"),
    [
        ({"domain": "example.org"}, "@alice@example.org"),
        ({"account_domain": "example.org", "domain": "social.example.org"}, "@alice@example.org"),
        ({"domain": 7}, None),
        ({"domain": "<b>x</b> y"}, None),
    ],
)
async def test_a_handle_ends_in_the_domain_of_the_accounts(
    said: dict[str, Any], handle: str | None
) -> None:
    answers = {ME: web.json_response(ALICE), V2: web.json_response(said)}
    async with Scripted(answers) as server, adapter() as mastodon:
        account = await mastodon.verify(server.access)

    assert account.handle == handle or account.handle.startswith("@alice@127.0.0.1:")


async def test_the_accounts_own_settings_are_shown_as_what_holds_by_default() -> None:
    source = {"privacy": "unlisted", "sensitive": True, "language": "de"}
    known = await known_of({ME: {**ALICE, "source": source}})

    assert (known["visibility"], known["sensitive"], known["language"]) == ("unlisted", True, "de")
    visibility = next(o for o in adapted(known).options if o.key == "visibility")
    assert visibility.choices[0] == ("", "As set at the server (Quiet public)")


async def test_what_a_server_does_not_say_again_is_still_known() -> None:
    async with Scripted({ME: web.json_response(ALICE)}) as server, adapter() as mastodon:
        access = server.access
        known = {"characters": 5000, "types": ["image/png"]}
        again = await mastodon.verify(type(access)(access.base_url, "", "7", access.secrets, known))

    assert again.known["characters"] == 5000


@pytest.mark.parametrize(
    "me",
    [{}, [], "x", {"id": 7, "username": "a"}, {"id": "7"}, {"id": "../x", "username": "a"}],
)
async def test_who_does_not_say_who_we_are_is_not_believed(me: Any) -> None:
    async with Scripted({ME: web.json_response(me)}) as server, adapter() as mastodon:
        assert isinstance(await outcome_of(mastodon.verify(server.access)), Refused)


async def test_an_account_with_odd_words_is_taken_without_them() -> None:
    odd = {"display_name": {"a": 1}, "url": "javascript:x", "source": {"privacy": ["public"]}}
    answers = {ME: web.json_response({**ALICE, **odd}), V2: web.json_response([1])}
    async with Scripted(answers) as server, adapter() as mastodon:
        account = await mastodon.verify(server.access)

    assert (account.name, account.url, account.known["visibility"]) == ("alice", "", "")


async def test_lost_access_is_said_when_it_is_verified() -> None:
    no = web.json_response({"error": "The access token is invalid"}, status=401)
    async with Scripted({ME: no}) as server, adapter() as mastodon:
        assert isinstance(await outcome_of(mastodon.verify(server.access)), Disconnected)


@pytest.mark.parametrize("absurd", [0, -1, True, "500", None, 1.5, [], {}, float("inf")])
def test_a_number_that_nobody_can_mean_is_not_believed(absurd: Any) -> None:
    said = {"configuration": {"statuses": {"max_characters": absurd}}}

    assert adapted(learned(said)).text_limit == 500


def test_a_number_that_is_too_good_is_cut() -> None:
    said = {
        "configuration": {"statuses": {"max_characters": 10**30, "max_media_attachments": 9**9}}
    }

    can = adapted(learned(said))
    assert (can.text_limit, can.images) == (10**6, 100)


def test_a_server_for_words_alone_takes_no_media() -> None:
    can = adapted(learned({"configuration": {"statuses": {"max_media_attachments": 0}}}))

    assert (can.images, can.videos) == (0, 0)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "configuration": _JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "statuses": _JSON | st.fixed_dictionaries({"max_characters": _JSON}),
                "media_attachments": _JSON
                | st.fixed_dictionaries({"supported_mime_types": _JSON, "image_size_limit": _JSON}),
                "polls": _JSON,
            },
        ),
        "max_toot_chars": _JSON,
        "poll_limits": _JSON,
    },
)


@given(_SHAPED)
def test_whatever_a_server_says_there_are_limits(said: dict[str, Any]) -> None:
    known = learned(said)

    can = adapted(known)

    json.dumps(known)
    assert isinstance(can, Capabilities)
    assert 1 <= can.text_limit <= 10**6
    assert 0 <= can.images <= 100
    assert can.image_bytes >= 1024
    assert can.poll
    assert can.poll.shortest_s <= can.poll.longest_s
    assert all(kind.startswith("image/") for kind in can.image_types)


@given(st.dictionaries(st.sampled_from(["characters", "types", "visibility", "media"]), _JSON))
def test_whatever_was_kept_there_are_limits(known: dict[str, Any]) -> None:
    assert Mastodon.adapted(known).text_limit >= 1
