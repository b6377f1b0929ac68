"""Groups of channels: saved, chosen again, renamed, forgotten."""

import httpx

from tests.api.calls import problem

PLACE = "/api/channel-groups"


async def channel(program: httpx.AsyncClient, name: str) -> int:
    answer = await program.post("/api/channels", json={"provider": "sandbox", "name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def test_a_group_is_saved_renamed_and_forgotten(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, carol: httpx.AsyncClient
) -> None:
    one, two = await channel(alice, "Shop"), await channel(alice, "Café")
    made = await alice.post(PLACE, json={"name": " Both  shops ", "channel_ids": [two, one, two]})
    assert made.status_code == 201
    group = made.json()
    assert (group["name"], group["channel_ids"]) == ("Both shops", [two, one])
    where = f"{PLACE}/{group['id']}"

    problem(await alice.post(PLACE, json={"name": "BOTH shops", "channel_ids": [one]}), 409)
    problem(await alice.post(PLACE, json={"name": " ", "channel_ids": [one]}), 400)
    problem(await alice.post(PLACE, json={"name": "x" * 61, "channel_ids": [one]}), 400)
    problem(await alice.post(PLACE, json={"name": "None", "channel_ids": []}), 400)
    problem(await carol.post(PLACE, json={"name": "Theirs", "channel_ids": [one]}), 400)
    problem(await bob.post(PLACE, json={"name": "Bob's", "channel_ids": [one]}), 403)
    problem(await carol.patch(where, json={"name": "Theirs"}), 404)

    changed = (await alice.patch(where, json={"name": "Both Shops"})).json()
    assert changed == group | {"name": "Both Shops"}
    assert (await alice.delete(f"/api/channels/{two}")).status_code == 204
    assert (await bob.get(PLACE)).json()["items"] == [changed | {"channel_ids": [one]}]
    assert (await carol.get(PLACE)).json()["items"] == []
    assert (await alice.delete(where)).status_code == 204
    problem(await alice.delete(where), 404)
