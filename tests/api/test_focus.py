"""The focus of a picture: what a crop must keep."""

from typing import Any

import httpx
import pytest

from tests.api.calls import upload


async def test_the_focus_is_kept_and_given_back(alice: httpx.AsyncClient) -> None:
    picture = await upload(alice)
    where = f"/api/media/{picture['id']}"

    changed = await alice.patch(where, json={"focus": [0.25, -1]})
    described = await alice.patch(where, json={"alt_text": "A slope"})

    assert picture["focus"] is None
    assert changed.json()["focus"] == [0.25, -1]
    assert described.json()["focus"] == [0.25, -1]
    assert (await alice.get(where)).json()["focus"] == [0.25, -1]


@pytest.mark.parametrize(
    "focus", [[2, 0], [0, -1.01], [0], [0, 0, 0], "middle", [None, 0], [False, 0], ["1", 0]]
)
async def test_a_focus_outside_of_the_picture_is_refused(
    alice: httpx.AsyncClient, focus: Any
) -> None:
    picture = await upload(alice)

    answer = await alice.patch(f"/api/media/{picture['id']}", json={"focus": focus})

    assert answer.status_code == 400
    assert (await alice.get(f"/api/media/{picture['id']}")).json()["focus"] is None
