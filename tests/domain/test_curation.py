"""Which photograph goes out: the strategies, what they pass over, and ties."""

from datetime import UTC, datetime, timedelta

from socialapp.domain.curation import Candidate, Filters, choices, read_tags

NOON = datetime(2027, 5, 14, 12, tzinfo=UTC)
FAR = ("ffffffff00000000", "00000000ffffffff", "ffff0000ffff0000", "0f0f0f0f0f0f0f0f")


def photo(media_id: int, score: float, print_: str = "", **more: object) -> Candidate:
    at = NOON + timedelta(minutes=media_id)
    return Candidate(media_id, score, at, print_ or FAR[media_id % 4], **more)  # type: ignore[arg-type]


def picked(
    *photos: Candidate, strategy: str = "highest", recent: tuple[str, ...] = (), **filters: object
) -> list[int]:
    found = choices(
        photos,
        recent,
        filters=Filters(**filters),  # type: ignore[arg-type]
        strategy=strategy,
        at=NOON,
    )
    return [pick.media_id for pick in found]


def test_the_highest_goes_first_and_of_equals_the_one_that_waited_longest() -> None:
    assert picked(photo(3, 7.0), photo(2, 8.0), photo(1, 7.0)) == [2, 1, 3]


def test_the_freshest_goes_first_whatever_it_is_worth() -> None:
    assert picked(photo(1, 9.0), photo(2, 3.0), strategy="freshest") == [2, 1]


def test_the_most_different_from_what_went_out_goes_first() -> None:
    near = photo(1, 9.0, "ffffffff000fffff")
    far = photo(2, 3.0, "00000000ffffffff")

    assert picked(near, far, strategy="different", recent=("ffffffff00000000",)) == [2, 1]


def test_what_looks_like_what_went_out_is_passed_over_and_that_is_said() -> None:
    twin, other = photo(1, 9.0, "ffffffff00000001"), photo(2, 3.0, "00000000ffffffff")

    (pick,) = choices(
        [twin, other], ["ffffffff00000000"], filters=Filters(), strategy="highest", at=NOON
    )

    assert pick.media_id == 2
    assert "passed over" in pick.why


def test_filters_and_what_was_put_off() -> None:
    beach = photo(1, 5.0, folder="beach", orientation="portrait")
    town = photo(2, 9.0, folder="town", orientation="landscape")
    later = photo(3, 9.9, folder="beach", not_before=NOON + timedelta(seconds=1))

    assert picked(beach, town, later, folders=("beach",)) == [1]
    assert picked(beach, town, orientation="landscape") == [2]
    assert picked(beach, town, minimum_score=9.5) == []


def test_tags_are_a_filter_and_any_of_them_is_enough() -> None:
    sea = photo(1, 5.0, tags=["sea", "dusk"])
    town = photo(2, 9.0, tags=["town"])

    assert picked(sea, town, tags=("dusk", "dawn")) == [1]
    assert read_tags("#sea, dusk  sea,,#") == ["sea", "dusk"]


def test_the_freshest_is_what_was_taken_last() -> None:
    scanned = photo(2, 5.0, taken_at=NOON - timedelta(days=9000))
    recent = photo(1, 5.0, taken_at=NOON)

    assert picked(scanned, recent, photo(3, 1.0), strategy="freshest") == [3, 1, 2]
