"""The workspace: what holds for everybody in it."""

from typing import Any

import httpx
import pytest

from tests.api.calls import problem

WHERE = "/api/workspace"


async def test_it_is_read_and_changed_field_by_field(alice: httpx.AsyncClient) -> None:
    before = (await alice.get(WHERE)).json()

    changed = await alice.patch(WHERE, json={"alt_text_rule": "require"})
    await alice.patch(WHERE, json={"name": "Harbour", "missed_after_minutes": 60})

    assert (before["alt_text_rule"], before["missed_after_minutes"]) == ("warn", 15)
    assert changed.json() == before | {"alt_text_rule": "require"}
    assert (await alice.get(WHERE)).json() == before | {
        "alt_text_rule": "require",
        "name": "Harbour",
        "missed_after_minutes": 60,
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"alt_text_rule": "shout"}, "alt_text_rule"),
        ({"missed_after_minutes": -1}, "missed_after_minutes"),
        ({"zone": "Mars/Base"}, "timezone"),
        ({"name": " "}, "name"),
        ({"is_paused": True}, "is_paused"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(
    alice: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    before = (await alice.get(WHERE)).json()

    refusal = problem(await alice.patch(WHERE, json=change), 400)

    assert [e["field"] for e in refusal["errors"]] == [field]
    assert (await alice.get(WHERE)).json() == before


async def test_who_may_only_look_changes_nothing(bob: httpx.AsyncClient) -> None:
    assert (await bob.get(WHERE)).status_code == 200
    problem(await bob.patch(WHERE, json={"name": "Bob's"}, headers={"origin": "http://test"}), 403)


async def test_carol_sees_and_changes_only_her_own(
    alice: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    before = (await alice.get(WHERE)).json()

    await carol.patch(WHERE, json={"alt_text_rule": "none"})

    assert (await carol.get(WHERE)).json()["id"] != before["id"]
    assert (await alice.get(WHERE)).json() == before
