"""Checks: what networks would refuse, said before anything is saved or sent."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain.content import Content, Media
from socialapp.domain.people import Member
from socialapp.providers import PROVIDERS, known
from socialapp.store.session import Database
from socialapp.store.tables import AttachmentAsset
from tests.api.calls import problem, upload, write
from tests.domain.contents import plain
from tests.imaging.files import photo
from tests.servers.installation import socialapp
from tests.ui.browser import in_the_browser

CHECK = "/api/posts/check"


async def check(program: httpx.AsyncClient, **what: Any) -> list[dict[str, Any]]:
    answer = await program.post(CHECK, json=what)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def codes(result: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in result["problems"]]


async def channel_of(program: httpx.AsyncClient) -> int:
    return (await program.get("/api/channels")).json()["items"][0]["id"]


async def test_the_dry_run_counts_and_saves_nothing(alice: httpx.AsyncClient) -> None:
    family = "👨‍👩‍👧‍👦"

    answer = await alice.post(
        "/api/posts/check", json={"text": family * 501, "networks": ["sandbox"]}
    )

    (result,) = answer.json()["results"]
    assert (result["network"], result["ok"], result["channel_id"]) == ("sandbox", False, None)
    assert (result["count"], result["limit"], result["unit"]) == (501, 500, "graphemes")
    assert [p["code"] for p in result["problems"]] == ["text_too_long"]
    assert (await alice.get("/api/posts")).json()["total"] == 0


async def test_a_saved_post_is_checked_for_its_channels(alice: httpx.AsyncClient) -> None:
    picture = await upload(alice, alt_text="")
    post = await write(alice, media_ids=[picture["id"]])

    answer = await alice.post(f"/api/posts/{post['id']}/check")

    (result,) = answer.json()["results"]
    (warning,) = result["problems"]
    assert result["ok"]
    assert (warning["code"], warning["severity"]) == ("alt_text_missing", "warning")


async def test_the_dry_run_refuses_what_it_does_not_know(alice: httpx.AsyncClient) -> None:
    where = "/api/posts/check"

    problem(
        await alice.post(where, json={"text": "a", "networks": ["myspace"]}), 400, "network_unknown"
    )
    problem(await alice.post(where, json={"text": "a", "media_ids": [987654]}), 400)
    problem(await alice.post(where, json={"text": "a", "channel_ids": [987654]}), 404)


async def test_every_network_can_be_asked_by_its_names(alice: httpx.AsyncClient) -> None:
    names = [*(p.key for p in PROVIDERS), *known.RULES, "twitter", "facebook_pages", "X"]

    results = await check(alice, text="x" * 300, networks=names)

    assert [result["network"] for result in results] == names
    counted = {result["network"]: (result["count"], result["limit"]) for result in results}
    assert counted["x"] == counted["twitter"] == counted["X"] == (300, 280)
    assert counted["facebook_pages"] == counted["facebook"] == (300, 63_206)


async def test_a_text_that_is_too_long_comes_back_as_a_thread(alice: httpx.AsyncClient) -> None:
    text = " ".join(["bread"] * 100)

    short, long = await check(alice, text=text, networks=["linkedin", "x"])

    assert (short["thread"], codes(short)) == (None, [])
    (found,) = long["problems"]
    assert (found["fix"], found["field"], found["severity"]) == ("split", "text", "error")
    assert text[found["start"] : found["end"]] == text[280:]
    assert " ".join(long["thread"]) == text
    first, *rest = long["thread"]
    (again,) = await check(alice, text=first, parts=[{"text": p} for p in rest], networks=["x"])
    assert (again["ok"], again["thread"]) == (True, None)


async def test_all_that_goes_out_is_looked_at(
    alice: httpx.AsyncClient, owner: Member, database: Database
) -> None:
    picture, channel = await upload(alice, alt_text=""), await channel_of(alice)
    async with database.transaction() as db:
        paper = AttachmentAsset(
            workspace_id=owner.workspace_id,
            mime_type="application/pdf",
            size_bytes=2**40,
            filename="menu.pdf",
            sha256="",
            key="",
            created_at=utc_now(),
        )
        db.add(paper)
        await db.flush()

    (result,) = await check(
        alice,
        kind="page",
        title="x" * 201,
        text="a",
        parts=[{"text": " "}, {"text": "c", "media_ids": [picture["id"]]}],
        options={"content_warning": "x" * 101, "language": "english!", "unknown": True},
        attachment_ids=[paper.id],
        channel_ids=[channel],
    )

    assert [(p["code"], p["field"]) for p in result["problems"]] == [
        ("text_required", "parts.0.text"),
        ("alt_text_missing", "parts.1.media_ids"),
        ("title_too_long", "title"),
        ("attachment_too_big", "attachment_ids"),
        ("option_too_long", "options.content_warning"),
        ("option_invalid", "options.language"),
    ]


async def test_what_differs_for_a_channel_is_looked_at(alice: httpx.AsyncClient) -> None:
    channel, picture = await channel_of(alice), await upload(alice)
    variant = {"channel_id": channel, "text": "x" * 501, "media_ids": [picture["id"]]}

    shared, differs = [
        await check(alice, text="a", channel_ids=[channel], variants=variants)
        for variants in ([], [variant])
    ]

    assert (codes(shared[0]), codes(differs[0])) == ([], ["text_too_long"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"poll": {"options": ["yes"], "expires_in_s": 60}}, ["poll_too_few", "poll_too_short"]),
        ({"poll": "yes"}, ["option_invalid"]),
        ({"poll": None}, []),
    ],
)
async def test_polls_are_looked_at(
    alice: httpx.AsyncClient, options: dict[str, Any], expected: list[str]
) -> None:
    (result,) = await check(alice, text="Bread?", options=options, networks=["x"])

    assert codes(result) == expected


@pytest.mark.parametrize(
    ("post", "code"),
    [
        ({"text": "x" * 501}, "text_too_long"),
        ({"text": "a", "parts": [{"text": "b" * 501}]}, "text_too_long"),
        ({"text": "a", "parts": [{"text": "b"}] * 10}, "too_many_parts"),
        ({"text": "a", "options": {"content_warning": "x" * 101}}, "option_too_long"),
    ],
)
async def test_scheduling_says_the_same_as_the_check(
    alice: httpx.AsyncClient, post: dict[str, Any], code: str
) -> None:
    kept = await write(alice, **post)
    planned = await write(alice, "Fresh bread")
    await alice.post("/api/schedules", json={"post_id": planned["id"]})

    said = (await alice.post(f"/api/posts/{kept['id']}/check")).json()["results"][0]["problems"]
    refusals = [
        await alice.post("/api/schedules", json={"post_id": kept["id"]}),
        await alice.post("/api/providers/default/publish", json={"post_id": kept["id"]}),
        await alice.patch(f"/api/posts/{planned['id']}", json=post | {"revision": 1}),
    ]

    expected = [{name: p[name] for name in ("field", "code", "message")} for p in said]
    assert [p["code"] for p in said] == [code]
    for refusal in refusals:
        assert problem(refusal, 400, code)["errors"] == expected


@pytest.mark.parametrize(
    ("rule", "severities", "status"),
    [("none", [], 201), ("warn", ["warning"], 201), ("require", ["error"], 400)],
)
async def test_a_workspace_says_what_it_wants_of_descriptions(
    alice: httpx.AsyncClient, rule: str, severities: list[str], status: int
) -> None:
    await alice.patch("/api/workspace", json={"alt_text_rule": rule})
    picture = await upload(alice, alt_text="")
    post = await write(alice, media_ids=[picture["id"]])

    (result,) = (await alice.post(f"/api/posts/{post['id']}/check")).json()["results"]
    (of_network,) = await check(alice, text="a", media_ids=[picture["id"]], networks=["threads"])
    planned = await alice.post("/api/schedules", json={"post_id": post["id"]})

    assert [p["severity"] for p in result["problems"]] == severities
    assert [p["severity"] for p in of_network["problems"]] == severities
    assert planned.status_code == status


TEXTS = (
    "Fresh bread",
    "",
    "é\r\n" + "👨‍👩‍👧‍👦" * 290 + "\x07 https://example.org/a/long/way @anna@example.org #bread",
    " ".join(["日本"] * 300) + "\ufeff",
)


@pytest.mark.parametrize(
    ("text", "has_picture"), [*zip(TEXTS, [True, False, False, True], strict=True)]
)
async def test_the_api_the_terminal_and_the_page_say_the_same(
    alice: httpx.AsyncClient, tmp_path: Path, text: str, has_picture: bool
) -> None:
    names = [*(p.key for p in PROVIDERS), *known.RULES]
    (tmp_path / "slope.jpg").write_bytes(photo())
    (tmp_path / "words").write_bytes(text.encode())
    there = [await upload(alice)] if has_picture else []

    of_api = await check(alice, text=text, media_ids=[m["id"] for m in there], networks=names)
    command = ["check", str(tmp_path / "words"), *(f"--network={name}" for name in names)]
    command += ["--media", str(tmp_path / "slope.jpg"), "--alt", "A slope"] if has_picture else []
    done = await asyncio.to_thread(socialapp, *command, "--json", cwd=tmp_path)
    media = tuple(_as_media(m) for m in there)
    said = [
        [plain(asdict(Content(text, media))), plain(can.as_data()), {"network": name}]
        for name, can in map(providers.rules, names)
    ]
    of_page = await asyncio.to_thread(
        in_the_browser,
        "given.map(([content, can, about]) =>"
        " checking.check(content, can, {...about, alt_text: 'warn'}))",
        said,
    )

    assert json.loads(done.stdout)["results"] == of_api
    told = ("count", "limit", "unit", "problems")
    for one, other in zip(of_api, of_page, strict=True):
        assert {key: one[key] for key in told} == {key: other[key] for key in told}


def _as_media(made: dict[str, Any]) -> Media:
    names = {"id", "kind", "mime_type", "size_bytes", "width", "height", "alt_text"}
    return Media(**{name: made[name] for name in names})
