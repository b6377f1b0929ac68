"""The score of real photographs: damage lowers it, and the more of it the more."""

from pathlib import Path

import pytest

from benchmarks.photos import DAMAGES, saved, scored, shipped
from socialapp.domain.errors import UnsupportedType
from socialapp.domain.score import score
from socialapp.imaging import measures, workshop
from tests.imaging.files import photo

PHOTOGRAPHS = dict(shipped())


WRONG = {"grass": {"blurred"}, "retina, a crop": {"blurred"}}
"""Two of 150 falls have a step that rises; docs/AUTOPILOT.md says why."""


def test_there_are_thirty_photographs() -> None:
    assert len(PHOTOGRAPHS) == 30


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_damage_lowers_the_score_and_more_of_it_lowers_it_more(name: str) -> None:
    whole = scored(saved(PHOTOGRAPHS[name]))

    falls = {
        kind: [whole, *(scored(damage(PHOTOGRAPHS[name], strength)) for strength in range(3))]
        for kind, damage in DAMAGES.items()
    }

    wrong = {kind: fall for kind, fall in falls.items() if fall != sorted(set(fall), reverse=True)}
    assert set(wrong) == WRONG.get(name, set())


async def test_the_helper_measures_a_large_picture_and_refuses_a_broken_one(tmp_path: Path) -> None:
    (tmp_path / "large.jpg").write_bytes(photo(4000, 3000))
    (tmp_path / "broken.jpg").write_bytes(photo(400, 300)[:2000])

    found = await workshop.measure(tmp_path / "large.jpg")

    assert (found["width"], found["height"], len(found["fingerprint"])) == (4000, 3000, 16)
    with pytest.raises(UnsupportedType):
        await workshop.measure(tmp_path / "broken.jpg")


def test_a_fingerprint_survives_saving_and_differs_between_photographs() -> None:
    def bits(name: str) -> int:
        return int(measures.fingerprint(PHOTOGRAPHS[name]), 16)

    small = PHOTOGRAPHS["coffee"].resize((200, 133))

    assert (bits("coffee") ^ int(measures.fingerprint(small), 16)).bit_count() <= 4
    assert (bits("coffee") ^ bits("china")).bit_count() > 16


def test_each_part_says_why(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(PHOTOGRAPHS["rocket"]))

    parts = score(measures.measure(tmp_path / "a.jpg")).parts

    assert len({p.name for p in parts}) == 8
    assert all(0 <= p.value <= 1 and p.why.endswith(".") for p in parts)
