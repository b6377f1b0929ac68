"""Another workspace's things look as if they did not exist, at every address there is."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from socialapp.api.app import build
from socialapp.domain.people import Member, Role
from socialapp.store.session import Database
from socialapp.store.tables import RecycledPost
from tests.api.calls import attach, plan, upload, write
from tests.people import colleague

UNKNOWN = 987654321
FOR_EVERYBODY = {
    ("post", "/api/owner"),
    ("post", "/api/session"),
    ("delete", "/api/session"),
    ("post", "/api/join"),
    ("post", "/api/join/look"),
    ("get", "/api/calendar/{secret}.ics"),
    ("post", "/api/review/look"),
    ("post", "/api/review/comments"),
    ("get", "/api/review/{link_id}/media/{media_id}/{tag}/{size}"),
    ("get", "/api/health"),
    ("get", "/api/ready"),
    ("get", "/metrics"),
    ("get", "/sandbox/media/{sha256}"),
    ("get", "/api/connect/{provider}/back"),
    ("get", "/api/connect/{provider}/client.json"),
    ("get", "/sandbox/posts/{post_id}/attachments/{place}"),
}
NOT_AN_ID = {"provider"}
"""Names of networks are the same for all."""


@dataclass(frozen=True)
class Route:
    """One method at one address, as the documentation has it."""

    method: str
    path: str
    operation: Any

    @property
    def names(self) -> list[str]:
        """The ids in its address."""
        there = self.operation.get("parameters", [])
        named = [p["name"] for p in there if p["in"] == "path"]
        return [name for name in named if name not in NOT_AN_ID]

    def example(self, schema: Any) -> Any:
        """The body that the documentation shows."""
        content = self.operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return None
        shape = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return schema["components"]["schemas"][shape]["examples"][0]


SCHEMA = build().openapi()
ROUTES = [
    Route(method, path, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
]
PRIVATE = [r for r in ROUTES if (r.method, r.path) not in FOR_EVERYBODY]
WITH_ID = [r for r in PRIVATE if r.names]


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture
async def hers(alice: httpx.AsyncClient, database: Database, owner: Member) -> dict[str, int]:
    """Something of Alice's for each kind of id."""
    bob = await colleague(database, owner, Role.EDITOR)
    invitation = (await alice.post("/api/invitations", json={"role": "viewer"})).json()
    feed = (await alice.post("/api/calendar-feeds", json={})).json()
    channel = (await alice.get("/api/channels")).json()["items"][0]["id"]
    about = {"url": "http://127.0.0.1:9/feed", "channel_ids": [channel]}
    source = (await alice.post("/api/sources", json=about)).json()
    picture = await upload(alice)
    attachment = await attach(alice)
    page = await write(alice, place="/api/pages", attachment_ids=[attachment["id"]])
    schedule = await plan(alice)
    (delivery,) = schedule["deliveries"]
    repeated = await plan(alice, repeat="FREQ=WEEKLY;COUNT=3")
    await alice.post("/api/photographs", json={"media_ids": [picture["id"]]})
    channel_id = delivery["channel"]["id"]
    daily = {"name": "Daily", "channel_ids": [channel_id]}
    persona = (await alice.post("/api/personas", json=daily)).json()
    file = {"file": ("plan.csv", b"text\nBread", "text/csv")}
    review = {"post_ids": [schedule["post_id"]]}
    link = (await alice.post("/api/review-links", json=review)).json()
    table = (await alice.post("/api/imports", files=file)).json()
    words = {"name": "Hours", "text": "From six"}
    snippet = (await alice.post("/api/snippets", json=words)).json()
    template = (await alice.post("/api/templates", json=words)).json()
    new = {"name": "Classics", "times": [{"day": "monday", "time": "09:00"}]}
    round_going = (await alice.post("/api/evergreen", json=new)).json()
    inside = f"/api/evergreen/{round_going['id']}/entries"
    entry = (await alice.post(inside, json={"text": "Our oven"})).json()
    more = (await alice.post(f"{inside}/{entry['id']}/wordings", json={"text": "That oven"})).json()
    await alice.put(f"/api/evergreen/{round_going['id']}/recycling", json={})
    async with database.transaction() as db:
        about = {"list_id": round_going["id"], "post_id": schedule["post_id"]}
        ids = {"workspace_id": owner.workspace_id, "channel_id": channel_id}
        recycled = RecycledPost(**ids, **about)
        db.add(recycled)
    compared = {"a": {"text": "One"}, "b": {"text": "Two"}, "starts_at": "2031-05-13T09:00"}
    comparison = (await alice.post("/api/comparisons", json=compared)).json()
    shops = {"name": "Shops", "channel_ids": [delivery["channel"]["id"]]}
    group = (await alice.post("/api/channel-groups", json=shops)).json()
    mornings = {"name": "Mornings", "times": [{"day": "monday", "time": "09:00"}]}
    timetable = (await alice.post("/api/timetables", json=mornings)).json()
    return {
        "media_id": picture["id"],
        "attachment_id": attachment["id"],
        "page_id": page["id"],
        "post_id": schedule["post_id"],
        "schedule_id": schedule["id"],
        "delivery_id": delivery["id"],
        "series_id": repeated["series_id"],
        "channel_id": channel_id,
        "persona_id": persona["id"],
        "person_id": bob.person_id or 0,
        "invitation_id": invitation["id"],
        "import_id": table["id"],
        "feed_id": feed["id"],
        "revision": 1,
        "snippet_id": snippet["id"],
        "template_id": template["id"],
        "list_id": round_going["id"],
        "entry_id": entry["id"],
        "wording_id": more["wordings"][0]["id"],
        "recycled_id": recycled.id or 0,
        "group_id": group["id"],
        "timetable_id": timetable["id"],
        "link_id": link["id"],
        "source_id": source["id"],
        "comparison_id": comparison["id"],
    }


async def ask(program: httpx.AsyncClient, route: Route, ids: dict[str, int]) -> httpx.Response:
    where = route.path
    for name in route.names:
        where = where.replace(f"{{{name}}}", str(ids[name]))
    return await program.request(route.method, where, json=route.example(SCHEMA))


def looks(answer: httpx.Response) -> tuple[int, Any]:
    """Return what can be told from an answer, but for the numbers that were asked for."""
    body = answer.json()
    return answer.status_code, body | {"detail": re.sub(r"\d+", "#", body["detail"])}


async def test_carol_cannot_tell_alices_things_from_what_does_not_exist(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient, hers: dict[str, int]
) -> None:
    before = await everything(alice)

    for route in WITH_ID:
        strangers = await ask(carol, route, hers)
        nothing = await ask(carol, route, dict.fromkeys(hers, UNKNOWN))

        assert strangers.status_code == 404, name_of(route)
        assert looks(strangers) == looks(nothing), name_of(route)
        assert set(strangers.headers) == set(nothing.headers), name_of(route)
    assert await everything(alice) == before


async def test_alice_can_do_what_carol_cannot(
    alice: httpx.AsyncClient, hers: dict[str, int]
) -> None:
    """Otherwise the test before this one would show nothing."""
    for route in sorted(WITH_ID, key=lambda r: r.method == "delete"):
        answer = await ask(alice, route, hers)

        assert answer.status_code != 404, (name_of(route), answer.text)


async def everything(program: httpx.AsyncClient) -> list[Any]:
    """Return all that a program can see."""
    places = ("/api/posts", "/api/pages", "/api/schedules", "/api/media", "/api/attachment",
              "/api/channels", "/api/members", "/api/invitations", "/api/series",
              "/api/calendar-feeds", "/api/snippets", "/api/templates", "/api/evergreen",
              "/api/photographs", "/api/personas", "/api/review-links",
              "/api/sources", "/api/timetables", "/api/comparisons")  # fmt: skip
    return [(await program.get(where)).json() for where in places]


SANDBOX: dict[str, Any] = {"provider": "sandbox", "fields": {"name": "a"}}
COMPARED: dict[str, Any] = {
    "a": {"text": "a"}, "b": {"text": "b"}, "starts_at": "2031-05-13T09:00", "dry_run": True,
}  # fmt: skip
IN_A_BODY: list[tuple[str, str, dict[str, Any]]] = [
    ("post", "/api/posts", {"text": "a", "media_ids": ["media_id"]}),
    ("post", "/api/posts", {"text": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/pages", {"text": "a", "attachment_ids": ["attachment_id"]}),
    ("post", "/api/pages", {"text": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/posts/check", {"text": "a", "media_ids": ["media_id"]}),
    ("post", "/api/posts/check", {"text": "a", "attachment_ids": ["attachment_id"]}),
    ("post", "/api/posts/check", {"text": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/posts/check", {"parts": [{"media_ids": ["media_id"]}]}),
    ("post", "/api/posts/check", {"variants": [{"channel_id": "channel_id"}]}),
    ("post", "/api/schedules", {"post_id": "post_id"}),
    ("post", "/api/schedules", {"page_id": "page_id"}),
    ("post", "/api/providers/default/publish", {"post_id": "post_id"}),
    ("post", "/api/providers/default/publish", {"page_id": "page_id"}),
    ("post", "/api/channels", {"provider": "sandbox", "name": "a", "channel_id": "channel_id"}),
    ("post", "/api/channels", {**SANDBOX, "channel_id": "channel_id"}),
    ("post", "/api/queue/pause", {"channel_id": "channel_id"}),
    ("post", "/api/queue/resume", {"channel_id": "channel_id"}),
    ("post", "/api/calendar-feeds", {"channel_id": "channel_id"}),
    ("post", "/api/templates", {"name": "a", "post_id": "post_id"}),
    ("post", "/api/templates", {"name": "a", "media_ids": ["media_id"]}),
    ("post", "/api/templates", {"name": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/evergreen", {"name": "a", "per_week": 1, "channel_ids": ["channel_id"]}),
    ("post", "/api/timetables", {"name": "a", "channel_id": "channel_id"}),
    ("post", "/api/comparisons", COMPARED | {"channel_ids": ["channel_id"]}),
    ("post", "/api/comparisons", COMPARED | {"a": {"post_id": "post_id"}}),
    ("post", "/api/comparisons", COMPARED | {"a": {"text": "a", "media_ids": ["media_id"]}}),
    ("post", "/api/photographs", {"media_ids": ["media_id"]}),
    ("post", "/api/personas", {"name": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/review-links", {"post_ids": ["post_id"]}),
    ("post", "/api/review-links", {"post_ids": ["page_id"]}),
    ("post", "/api/sources", {"url": "https://a.example", "channel_ids": ["channel_id"]}),
    ("post", "/api/proposals/alt-text", {"media_id": "media_id"}),
    ("post", "/api/proposals/caption", {"media_ids": ["media_id"]}),
    ("post", "/api/proposals/caption", {"text": "a", "channel_ids": ["channel_id"]}),
    ("post", "/api/sources/preview", {"url": "https://a.example", "channel_ids": ["channel_id"]}),
]


def filled(value: Any, ids: dict[str, int]) -> Any:
    """Put ids where their names stand."""
    if isinstance(value, dict):
        return {name: filled(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    return ids.get(value, value)


async def test_carol_cannot_name_alices_things_in_what_she_sends(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient, hers: dict[str, int]
) -> None:
    before = await everything(alice)
    mine = (await write(carol))["id"]
    page = (await write(carol, place="/api/pages"))["id"]
    series = (await plan(carol, repeat="FREQ=WEEKLY;COUNT=3"))["series_id"]
    new = {"name": "Hers", "per_week": 1}
    list_id = (await carol.post("/api/evergreen", json=new)).json()["id"]
    times = {"name": "Hers", "times": [{"day": "monday", "time": "09:00"}]}
    timetable = (await carol.post("/api/timetables", json=times)).json()["id"]
    nothing = dict.fromkeys(hers, UNKNOWN)
    planned = (await plan(carol))["id"]
    bodies = [
        *IN_A_BODY,
        ("post", f"/api/schedules/{planned}/reorder", {"slot_of": "schedule_id"}),
        ("post", f"/api/timetables/{timetable}/apply", {"channel_ids": ["channel_id"]}),
        ("patch", f"/api/posts/{mine}", {"revision": 1, "media_ids": ["media_id"]}),
        ("patch", f"/api/posts/{mine}", {"revision": 1, "channel_ids": ["channel_id"]}),
        ("post", "/api/schedules", {"post_id": mine, "channel_ids": ["channel_id"]}),
        ("patch", f"/api/pages/{page}", {"revision": 1, "attachment_ids": ["attachment_id"]}),
        ("patch", f"/api/pages/{page}", {"revision": 1, "channel_ids": ["channel_id"]}),
        ("post", "/api/schedules", {"page_id": page, "channel_ids": ["channel_id"]}),
        ("patch", f"/api/series/{series}", {"post_id": "post_id"}),
        ("patch", f"/api/evergreen/{list_id}", {"channel_ids": ["channel_id"]}),
        ("post", f"/api/evergreen/{list_id}/entries", {"post_id": "post_id"}),
        ("post", f"/api/evergreen/{list_id}/entries", {"text": "a", "media_ids": ["media_id"]}),
    ]

    for method, where, body in bodies:
        strangers = await carol.request(method, where, json=filled(body, hers))
        unknown = await carol.request(method, where, json=filled(body, nothing))

        assert strangers.status_code in {400, 404}, (where, body)
        assert strangers.status_code == unknown.status_code, (where, body)
        assert looks(strangers)[1]["detail"] == looks(unknown)[1]["detail"], (where, body)
    assert await everything(alice) == before


async def test_carol_sees_none_of_it_in_her_lists(
    carol: httpx.AsyncClient, hers: dict[str, int]
) -> None:
    for where in ("/api/posts", "/api/pages", "/api/schedules", "/api/media", "/api/attachment",
                  "/api/series", "/api/evergreen", "/api/comparisons"):  # fmt: skip
        for asked in ({}, {"q": "bread"}, {"channel_id": hers["channel_id"]}):
            found = (await carol.get(where, params=asked)).json()

            assert (found["items"], found["total"]) == ([], 0), where


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nobody_gets_in_without_credentials(
    nobody: httpx.AsyncClient, hers: dict[str, int]
) -> None:
    for route in PRIVATE:
        answer = await ask(nobody, route, hers)

        assert answer.status_code == 401, name_of(route)
        assert answer.headers["content-type"] == "application/problem+json", name_of(route)
        assert answer.json()["code"] == "not_signed_in", name_of(route)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_the_documentation_says_who_may_come_in(route: Route) -> None:
    is_private = (route.method, route.path) not in FOR_EVERYBODY

    assert bool(route.operation.get("security")) == is_private
