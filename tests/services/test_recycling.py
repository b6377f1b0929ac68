"""Lists that fill themselves, on real databases: what is found, by whom, once, and what never."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from socialapp import jobs, providers
from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown, Status
from socialapp.domain.errors import Conflict, NotAllowed, NotFound
from socialapp.domain.people import Member, Role, rights_of
from socialapp.domain.recycling import ENOUGH, Measure, Rule, State
from socialapp.services import evergreen, members, posts, recycling, recycling_finds
from socialapp.services import evergreen_entries as entries
from socialapp.services.recycling_finds import Finds
from socialapp.store import evergreen as lists
from socialapp.store import posts as post_rows
from socialapp.store import recycling as rows
from socialapp.store import results
from socialapp.store.session import AsyncSession, Database
from socialapp.store.tables import (
    Comparison,
    ComparisonSending,
    Delivery,
    EvergreenList,
    EvergreenTurn,
    MediaAsset,
    Membership,
    Occurrence,
    PhotoPosting,
    Post,
    PostMedia,
    RecycledPost,
    RecyclingRule,
    Result,
    ResultReading,
    Schedule,
    Series,
    Source,
    SourceItem,
)
from tests.people import colleague
from tests.services.desk import channel_of
from tests.services.test_evergreen import begin, planned

RULE = Rule(best_percent=20, at_least=3, from_days=30, to_days=365, per_week=3, asks=False)


async def out(
    database: Database,
    by: Member,
    likes: dict[str, int],
    *,
    channel_id: int = 0,
    days: int = 60,
    **more: Any,
) -> dict[str, Delivery]:
    """Posts that have been out for some days, with so many likes after a week and more later."""
    to = channel_id or (await channel_of(database, by)).id or 0
    at, ids = utc_now() - timedelta(days=days), {"workspace_id": by.workspace_id}
    found = {}
    async with database.transaction() as db:
        for text, number in likes.items():
            post = await posts.create(db, by, text=text, now=at, **more)
            when = {"scheduled_at": at, "local_time": "", "timezone": "UTC"}
            schedule = Schedule(**ids, post_id=post.id or 0, status=Shown.POSTED, **when)
            db.add(schedule)
            await db.flush()
            delivery = Delivery(
                **ids,
                schedule_id=schedule.id or 0,
                channel_id=to,
                status=Status.POSTED,
                planned_at=at,
                due_at=at,
                posted_at=at,
            )
            db.add(delivery)
            await db.flush()
            its = ids | {"delivery_id": delivery.id or 0}
            readings = {0: 0, 5: number, 10: number + 500}
            db.add_all(
                ResultReading(**its, read_at=at + timedelta(days=age), counts={"likes": n})
                for age, n in readings.items()
            )
            db.add(
                Result(
                    **its,
                    channel_id=to,
                    provider="sandbox",
                    posted_at=at,
                    read_at=utc_now(),
                    counts={"likes": number + 500},
                )
            )
            found[text] = delivery
        await db.execute(
            update(Post)
            .where(col(Post.text).in_(found), col(Post.workspace_id) == by.workspace_id)
            .values(status=Shown.POSTED, scheduled_at=at, channel_ids=[to])
        )
    return found


async def history(
    database: Database, by: Member, *best: str, channel_id: int = 0
) -> dict[str, Delivery]:
    """Enough posts with up to two likes, and some that did better: each better than the last."""
    plain = {f"Plain {number}": number % 3 for number in range(ENOUGH)}
    likes = plain | {text: 10 + n for n, text in enumerate(best)}
    return await out(database, by, likes, channel_id=channel_id)


async def put(
    database: Database, by: Member, of: EvergreenList, rule: Rule = RULE
) -> RecyclingRule:
    async with database.reading() as db:
        finds = await recycling.preview(db, by, of.id or 0, rule, now=utc_now())
    async with database.transaction() as db:
        return await recycling.save(db, by, of.id or 0, rule, finds, now=utc_now())


async def again(database: Database, *, days: float = 1) -> int:
    """Let the workers look on another day: what was found until now was found so long ago."""
    async with database.transaction() as db:
        for each in (await db.execute(select(RecycledPost))).scalars():
            each.found_at -= timedelta(days=days)
            db.add(each)
        await db.execute(update(RecyclingRule).values(look_at=utc_now()))
    return await jobs.recycle(database)


async def found_for(database: Database, by: Member, of: EvergreenList) -> dict[str, RecycledPost]:
    async with database.reading() as db:
        page = await rows.page(db, by.workspace_id, of.id or 0)
    return {post.text: found for found, post in page.items}


async def texts(database: Database, of: EvergreenList) -> list[str]:
    async with database.reading() as db:
        there = await lists.wordings(db, [e.id or 0 for e in await lists.entries(db, [of.id or 0])])
        said = await post_rows.by_id(db, of.workspace_id, {w.post_id for w in there})
    return [said[w.post_id].text for w in there]


async def preview(
    database: Database, by: Member, of: EvergreenList, rule: Rule = RULE
) -> list[tuple[str, str]]:
    async with database.reading() as db:
        finds = await recycling.preview(db, by, of.id or 0, rule, now=utc_now())
    return [(each.post.text, each.why) for each in finds.now]


async def test_what_is_seen_before_is_added_with_its_reason_and_goes_round(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread", "Rolls", "Tart", "Cake")
    made = await begin(database, alice, start=False)
    seen = await preview(database, alice, made)
    assert await texts(database, made) == []
    assert seen[0] == (
        "Cake",
        "13 likes within 7 days, better than 23 of 23 other posts of Sandbox",
    )

    kept = await put(database, alice, made)

    assert await texts(database, made) == ["Cake", "Tart", "Rolls"]
    found = await found_for(database, alice, made)
    assert {text: each.why for text, each in found.items()} == dict(seen)
    assert kept.said == "3 posts added."
    async with database.transaction() as db:
        await evergreen.start(db, alice, made.id or 0, now=utc_now())
    assert (await planned(database, made))[0][1] == "Cake"
    # The week is full; the next one brings what is left, and then nothing is.
    assert await again(database) == 0
    assert await again(database, days=6) == 1
    assert await again(database, days=8) == 0
    assert await texts(database, made) == ["Cake", "Tart", "Rolls", "Bread"]


async def test_four_workers_at_once_add_each_post_once(database: Database, alice: Member) -> None:
    made = [await begin(database, alice, start=False) for _ in range(2)]
    for each in made:
        await put(database, alice, each)
    await history(database, alice, "Bread", "Rolls")
    async with database.transaction() as db:
        await db.execute(update(RecyclingRule).values(look_at=utc_now()))

    done = await asyncio.gather(*(jobs.recycle(database) for _ in range(4)))

    assert (sum(done), await jobs.recycle(database)) == (2, 0)
    added = [text for each in made for text in await texts(database, each)]
    assert sorted(added) == ["Bread", "Rolls"]  # a channel has each in one list alone


async def test_too_few_posts_and_networks_that_do_not_tell_are_said(
    database: Database, alice: Member
) -> None:
    await out(database, alice, {f"Bread {number}": 50 * number for number in range(6)})
    made = await begin(database, alice, start=False)

    kept = await put(database, alice, made)
    views = Rule(measure=Measure.VIEWS)
    silent = await put(database, alice, made, views)

    assert await texts(database, made) == []
    assert silent.said == "Nothing new. Sandbox: its network does not tell views."
    again_likes = await put(database, alice, made)
    assert kept.list_id == again_likes.list_id
    assert again_likes.said == (
        "Nothing new. Sandbox: not enough data: 6 of 20 posts with results."
    )


async def test_posts_are_compared_by_what_they_had_at_the_same_age(
    database: Database, alice: Member
) -> None:
    there = await history(database, alice, "Bread", "Rolls", "Tart")
    made = await begin(database, alice, start=False)
    (its, _), *_ = seen = await preview(database, alice, made)
    assert (its, len(seen)) == ("Tart", 3)  # whoever had most after ten days counts for nothing
    async with database.transaction() as db:
        at = utc_now() - timedelta(days=60)
        not_since = col(Result.delivery_id) == there["Tart"].id  # how it was then is not known
        await db.execute(update(Result).where(not_since).values(read_at=at + timedelta(days=6)))
        too_late = col(ResultReading.delivery_id) == there["Rolls"].id
        first = col(ResultReading.read_at) < at + timedelta(days=7)
        await db.execute(delete(ResultReading).where(too_late, first))

    seen = await preview(database, alice, made)

    why = "10 likes within 7 days, better than 20 of 20 other posts of Sandbox"
    assert seen == [("Bread", why)]


async def test_proposals_wait_and_a_dismissed_post_never_comes_back(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread", "Rolls", "Tart")
    made = await begin(database, alice, start=False)
    list_id, asks = made.id or 0, Rule(**vars(RULE) | {"asks": True, "per_week": 2})
    await put(database, alice, made, asks)
    found = await found_for(database, alice, made)
    assert {text: each.state for text, each in found.items()} == {
        "Tart": State.PROPOSED,
        "Rolls": State.PROPOSED,
    }
    assert await texts(database, made) == []

    yes, no = found["Tart"].id or 0, found["Rolls"].id or 0
    for _ in range(2):  # twice is harmless
        async with database.transaction() as db:
            await recycling.accept(db, alice, list_id, yes, now=utc_now())
            await recycling.dismiss(db, alice, list_id, no, now=utc_now())
    async with database.transaction() as db:
        with pytest.raises(Conflict):
            await recycling.accept(db, alice, list_id, no, now=utc_now())
        with pytest.raises(Conflict):
            await recycling.dismiss(db, alice, list_id, yes, now=utc_now())

    assert await texts(database, made) == ["Tart"]
    assert await again(database, days=8) == 1
    assert await again(database, days=8) == 0
    async with database.transaction() as db:  # also not after the entry was taken out, or anew
        (entry,) = await lists.entries(db, [list_id])
        await entries.remove(db, alice, list_id, entry.id or 0, now=utc_now())
    await put(database, alice, made, RULE)
    assert await texts(database, made) == ["Bread"]
    found = await found_for(database, alice, made)
    assert (found["Tart"].decided_by, found["Bread"].decided_by) == (alice.person_id, None)


async def test_a_changed_or_removed_rule_withdraws_what_waits(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread", "Rolls")
    made = await begin(database, alice, start=False)
    list_id, asks = made.id or 0, Rule(**vars(RULE) | {"asks": True})
    await put(database, alice, made, asks)
    await put(database, alice, made, Rule(**vars(asks) | {"at_least": 11}))

    found = await found_for(database, alice, made)
    assert (found["Bread"].state, found["Rolls"].state) == (State.WITHDRAWN, State.PROPOSED)
    async with database.transaction() as db:
        with pytest.raises(Conflict, match="withdrawn"):
            await recycling.accept(db, alice, list_id, found["Bread"].id or 0, now=utc_now())
        await recycling.remove(db, alice, list_id, now=utc_now())
        with pytest.raises(NotFound):
            await recycling.get(db, alice, list_id)
    assert {each.state for each in (await found_for(database, alice, made)).values()} == {
        State.WITHDRAWN
    }
    assert await jobs.recycle(database) == 0
    assert len(await preview(database, alice, made)) == 2  # it may be found again


async def test_what_may_not_go_again_is_never_found(database: Database, alice: Member) -> None:
    poll = {"poll": {"options": ["Rye", "Spelt"], "expires_in_s": 3600}}
    media_id = await a_picture(database, alice)
    made_by = ("Of a series", "Of a list", "Of autopilot", "Of a comparison", "Of a feed")
    names = ("Good", "Deleted", "Gone", "Said already", *made_by)
    there = await history(database, alice)
    there |= await out(database, alice, dict.fromkeys(names, 50))
    await out(database, alice, {"A poll": 50}, options=poll)
    there |= await out(database, alice, {"A picture": 50}, media_ids=[media_id])
    async with database.reading() as db:
        whose = await rows.posts_of(db, [each.id or 0 for each in there.values()])
    post_ids = {text: whose[each.id or 0] for text, each in there.items()}
    made = await begin(database, alice, "Said already", start=False)
    everything = Rule(**vars(RULE) | {"best_percent": 100, "per_week": 20})
    ids = {"workspace_id": alice.workspace_id}
    async with database.transaction() as db:
        await into_the_trash(db, "Deleted")
        await db.execute(
            update(Result)
            .where(col(Result.delivery_id) == there["Gone"].id)
            .values(gone_at=utc_now())
        )
        rule = {"rule": "FREQ=DAILY", "starts": "", "timezone": "UTC"}
        mine = Series(**ids, post_id=post_ids["Good"], **rule)
        db.add(mine)
        await db.flush()
        now, list_id = {"nominal_at": utc_now()}, made.id or 0
        mine_is = {"a_id": post_ids["Good"], "b_id": post_ids["Good"], "timezone": "UTC"}
        how = {"measure": "likes", "age_days": 7, "pairs": 3, "seed": 1, "ends_at": utc_now()}
        compares = Comparison(**ids, name="Which", **mine_is, **how)
        feed = Source(**ids, url="https://bakery.example/feed")
        db.add_all([compares, feed])
        await db.flush()
        its = {"comparison_id": compares.id, "pair": 1, "wording": "a", "planned_at": utc_now()}
        at = there["Of a comparison"].channel_id
        db.add_all(
            [
                ComparisonSending(**ids, **its, channel_id=at, post_id=post_ids["Of a comparison"]),
                SourceItem(**ids, source_id=feed.id, key="1", post_id=post_ids["Of a feed"]),
                Occurrence(**ids, **now, series_id=mine.id, post_id=post_ids["Of a series"]),
                EvergreenTurn(**ids, **now, list_id=list_id, post_id=post_ids["Of a list"]),
                PhotoPosting(
                    **ids,
                    media_id=1,
                    schedule_id=there["Of autopilot"].schedule_id,
                    due_at=utc_now(),
                ),
            ]
        )
    seen = [text for text, _ in await preview(database, alice, made, everything)]
    assert "A picture" in seen
    async with database.transaction() as db:
        sent = {"media": [{}], "parts": []}
        mine_is = col(Delivery.id) == there["A picture"].id
        await db.execute(update(Delivery).where(mine_is).values(intent=sent))
        await db.execute(delete(PostMedia).where(col(PostMedia.media_id) == media_id))

    seen = [text for text, _ in await preview(database, alice, made, everything)]
    assert seen[0] == "Good"
    assert [text for text in seen if not text.startswith("Plain")] == ["Good"]


async def a_picture(database: Database, by: Member) -> int:
    async with database.transaction() as db:
        asset = MediaAsset(
            workspace_id=by.workspace_id,
            kind="image",
            mime_type="image/png",
            size_bytes=9,
            width=9,
            height=9,
            filename="a.png",
            sha256="0" * 64,
            key="a",
            alt_text="A tart",
        )
        db.add(asset)
        await db.flush()
        return asset.id or 0


async def into_the_trash(db: AsyncSession, text: str) -> None:
    mine = col(Post.text) == text
    await db.execute(update(Post).where(mine).values(deleted_at=utc_now()))


async def test_a_proposal_whose_post_was_deleted_is_refused_and_withdrawn(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread")
    made = await begin(database, alice, start=False)
    await put(database, alice, made, Rule(**vars(RULE) | {"asks": True}))
    mine = (await found_for(database, alice, made))["Bread"]
    async with database.transaction() as db:
        await into_the_trash(db, "Bread")

    async with database.transaction() as db:
        with pytest.raises(Conflict, match="gone"):
            await recycling.accept(db, alice, made.id or 0, mine.id or 0, now=utc_now())
    await again(database)

    assert (await found_for(database, alice, made))["Bread"].state == State.WITHDRAWN


async def test_a_refused_post_leaves_the_place_to_the_next_and_the_rule_acts_for_who_saved_it(
    database: Database, alice: Member, bob: Member, carol: Member
) -> None:
    await history(database, alice, "Bread", "Rolls")
    made = await begin(database, alice, "Tart")
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
        await db.execute(update(Post).where(col(Post.text) == "Rolls").values(text="x" * 100_000))
    editor = await colleague(database, alice, Role.EDITOR)

    await put(database, editor, made)

    assert sorted(await texts(database, made)) == ["Bread", "Tart"]
    async with database.reading() as db:
        waits = await lists.waiting(db, made.id or 0)
        said = await post_rows.by_id(db, made.workspace_id, [t.post_id or 0 for t, _ in waits])
        kept = await recycling.get(db, alice, made.id or 0)
    assert {s.status for t, s in waits if said[t.post_id or 0].text == "Bread"} == {
        "needs_approval"
    }
    assert kept.saved_by == editor.person_id
    list_id, now = made.id or 0, utc_now()
    for stranger, no in ((bob, NotAllowed), (carol, NotFound)):
        async with database.transaction() as db:
            for deed in (
                recycling.save(db, stranger, list_id, RULE, Finds(), now=now),
                recycling.preview(db, stranger, list_id, RULE, now=now),
                recycling.remove(db, stranger, list_id, now=now),
                recycling.accept(db, stranger, list_id, 1, now=now),
                recycling.dismiss(db, stranger, list_id, 1, now=now),
            ):
                with pytest.raises(no):
                    await deed
    async with database.transaction() as db:
        assert await recycling.get(db, bob, list_id)
        with pytest.raises(NotFound):
            await recycling.get(db, carol, list_id)
        with pytest.raises(NotFound):
            await recycling.accept(db, alice, list_id, 98765, now=now)


async def test_an_ended_list_is_filled_no_more(database: Database, alice: Member) -> None:
    made = await begin(database, alice, start=False)
    await put(database, alice, made)
    await history(database, alice, "Bread")
    async with database.transaction() as db:
        await evergreen.end(db, alice, made.id or 0, now=utc_now())

    assert await again(database) == 0
    async with database.transaction() as db:
        with pytest.raises(Conflict):
            await recycling.save(db, alice, made.id or 0, RULE, Finds(), now=utc_now())


ASKS = Rule(**vars(RULE) | {"asks": True})


async def test_nobody_waits_to_write_while_it_looks_and_what_changed_meanwhile_counts(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await begin(database, alice, start=False)
    await put(database, alice, made)
    await history(database, alice, "Bread", "Rolls")
    find = recycling_finds.find
    changes = iter(["a post", "the rule"])

    async def slow(*args: Any, **more: Any) -> Finds:
        found = await find(*args, **more)
        async with asyncio.timeout(5), database.transaction() as db:
            match next(changes):
                case "a post":
                    await into_the_trash(db, "Rolls")
                case "the rule":
                    await recycling.save(db, alice, made.id or 0, ASKS, Finds(), now=utc_now())
        return found

    monkeypatch.setattr(recycling_finds, "find", slow)
    assert await again(database) == 1
    assert await texts(database, made) == ["Bread"]
    await out(database, alice, {"Cake": 50})
    assert await again(database) == 0
    assert set(await found_for(database, alice, made)) == {"Bread"}


async def test_a_picture_goes_round_in_one_list_of_a_channel_and_rests_from_its_original(
    database: Database, alice: Member
) -> None:
    media = [await a_picture(database, alice)]
    await history(database, alice)
    await out(database, alice, {"": 50}, media_ids=media, may_be_blank=True, days=20)
    fill = [f"Tart {number}" for number in range(4)]
    made = [await begin(database, alice, *fill, rest_days=30) for _ in range(2)]
    young = Rule(**vars(RULE) | {"from_days": 7})
    async with database.reading() as db:
        late = await recycling.preview(db, alice, made[1].id or 0, young, now=utc_now())
    for each in made:
        await put(database, alice, each, young)

    async with database.transaction() as db:  # found before the other list had it
        await recycling.save(db, alice, made[1].id or 0, young, late, now=utc_now())
    assert await texts(database, made[0]) == [*fill, ""]
    assert await texts(database, made[1]) == fill
    assert "" not in [text for _, text in await planned(database, made[0])]
    async with database.transaction() as db:
        await db.execute(
            update(Schedule)
            .where(col(Schedule.post_id).in_(select(RecycledPost.post_id)))
            .values(scheduled_at=utc_now() - timedelta(days=31))
        )
        await evergreen.pause(db, alice, made[0].id or 0, now=utc_now())
        await evergreen.start(db, alice, made[0].id or 0, now=utc_now())
    assert "" in [text for _, text in await planned(database, made[0])]


async def test_a_proposal_that_another_list_took_is_withdrawn(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread")
    made, other = [await begin(database, alice, start=False) for _ in range(2)]
    await put(database, alice, made, ASKS)
    await put(database, alice, other)
    mine = (await found_for(database, alice, made))["Bread"]

    async with database.transaction() as db:
        with pytest.raises(Conflict, match="Another list"):
            await recycling.accept(db, alice, made.id or 0, mine.id or 0, now=utc_now())
    await again(database)
    assert (await found_for(database, alice, made))["Bread"].state == State.WITHDRAWN


async def test_only_what_a_rule_added_is_held_when_who_saved_it_may_not_approve(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread")
    made = await begin(database, alice, "Tart", "Cake")
    async with database.transaction() as db:
        await members.update_workspace(db, alice, approval_rule="one")
    rights = rights_of(["read", "write", "publish"])
    program = Member(workspace_id=alice.workspace_id, zone=alice.zone, rights=rights)

    await put(database, program, made)

    async with database.reading() as db:
        waits = await lists.waiting(db, made.id or 0)
        said = await post_rows.by_id(db, made.workspace_id, [t.post_id or 0 for t, _ in waits])
        mine = await lists.get(db, made.workspace_id, made.id or 0)
    assert mine
    assert mine.created_by == alice.person_id
    assert {(said[t.post_id or 0].text, s.status) for t, s in waits} == {
        ("Tart", "queued"),
        ("Cake", "queued"),
        ("Bread", "needs_approval"),
    }


@pytest.mark.parametrize("role", [None, Role.VIEWER])
async def test_nothing_is_added_for_somebody_who_may_no_more(
    database: Database, alice: Member, role: Role | None
) -> None:
    made = await begin(database, alice, "Tart")
    editor = await colleague(database, alice, Role.EDITOR)
    await put(database, editor, made)
    await history(database, alice, "Bread")
    async with database.transaction() as db:
        theirs = col(Membership.person_id) == editor.person_id
        if role:
            await db.execute(update(Membership).where(theirs).values(role=role))
        else:
            await db.execute(delete(Membership).where(theirs))

    assert await again(database) == 0

    async with database.reading() as db:
        kept = await recycling.get(db, alice, made.id or 0)
        mine = await lists.get(db, made.workspace_id, made.id or 0)
    assert "Save the rule again" in kept.said
    assert kept.look_at is None  # it is said once
    assert mine
    assert mine.created_by == alice.person_id
    assert await texts(database, made) == ["Tart"]
    await put(database, alice, made)
    assert await texts(database, made) == ["Tart", "Bread"]


async def test_what_nobody_asked_about_near_that_age_is_not_known(
    database: Database, alice: Member
) -> None:
    there = await history(database, alice, "Bread", "Rolls", "Tart")
    made = await begin(database, alice, start=False)
    at = utc_now() - timedelta(days=60)
    readings = {"Tart": (0, 513), "Rolls": (11, 11)}  # an outage from hour 0 to day 10
    async with database.transaction() as db:
        for text, (first, last) in readings.items():
            its, read = col(ResultReading.delivery_id) == there[text].id, col(ResultReading.read_at)
            days = timedelta(days=1), timedelta(days=7)
            middle = read.between(at + days[0], at + days[1])
            await db.execute(delete(ResultReading).where(its, middle))
            early, late = read < at + days[0], read > at + days[1]
            for when, number in ((early, first), (late, last)):
                counts = {"likes": number, "replies": number if when is early else 9}
                await db.execute(update(ResultReading).where(its, when).values(counts=counts))

    seen = await preview(database, alice, made)

    assert seen[0] == (
        "Rolls",
        "11 likes within 7 days, better than 21 of 21 other posts of Sandbox",
    )
    assert [text for text, _ in seen] == ["Rolls", "Bread"]


async def test_old_posts_are_found_however_many_came_since(
    database: Database, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "AT_MOST", ENOUGH + 2)
    await history(database, alice, "Bread", "Rolls")
    await out(database, alice, {f"New {n}": n % 3 for n in range(ENOUGH + 2)}, days=10)
    made = await begin(database, alice, start=False)

    kept = await put(database, alice, made)

    assert await texts(database, made) == ["Rolls", "Bread"]
    assert kept.said == (
        "2 posts added. Sandbox: of the posts of that age the newest 22 are looked at."
    )


async def test_the_same_said_twice_by_hand_is_found_once_whatever_became_of_it(
    database: Database, alice: Member
) -> None:
    await history(database, alice)
    for text in ("Bread", "Bread", "Rolls", "Rolls"):
        await out(database, alice, {text: 50})
    made = await begin(database, alice, start=False)
    list_id = made.id or 0
    await put(database, alice, made, ASKS)
    found = await found_for(database, alice, made)
    async with database.transaction() as db:
        await recycling.dismiss(db, alice, list_id, found["Bread"].id or 0, now=utc_now())
        await recycling.accept(db, alice, list_id, found["Rolls"].id or 0, now=utc_now())
        (entry,) = await lists.entries(db, [list_id])
        await entries.remove(db, alice, list_id, entry.id or 0, now=utc_now())

    assert await again(database, days=8) == 0
    assert await preview(database, alice, made) == []


async def test_what_waits_for_an_answer_takes_the_room_however_long(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread", "Rolls")
    made = await begin(database, alice, start=False)
    await put(database, alice, made, Rule(**vars(ASKS) | {"per_week": 1}))

    assert await again(database, days=8) == 0
    async with database.transaction() as db:
        waits = (await found_for(database, alice, made))["Rolls"].id or 0
        await recycling.dismiss(db, alice, made.id or 0, waits, now=utc_now())
    assert await again(database, days=8) == 1


async def test_what_somebody_added_by_hand_since_is_not_accepted(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread")
    made = await begin(database, alice, start=False)
    list_id = made.id or 0
    await put(database, alice, made, ASKS)
    waits = (await found_for(database, alice, made))["Bread"].id or 0
    async with database.transaction() as db:
        await entries.add(db, alice, list_id, entries.Content("Bread "), now=utc_now())
        with pytest.raises(Conflict, match="says that already"):
            await recycling.accept(db, alice, list_id, waits, now=utc_now())
    assert await texts(database, made) == ["Bread "]


async def test_what_channels_refuse_is_not_counted_and_said(
    database: Database, alice: Member
) -> None:
    await history(database, alice, "Bread", "Rolls")
    made = await begin(database, alice, start=False)
    async with database.transaction() as db:
        await db.execute(update(Post).where(col(Post.text) == "Rolls").values(text="x" * 100_000))

    async with database.reading() as db:
        finds = await recycling.preview(db, alice, made.id or 0, RULE, now=utc_now())

    assert (finds.matching, [each.post.text for each in finds.now]) == (1, ["Bread"])
    assert finds.notes == ["1 more did well, but a channel of the list refuses it."]


def test_only_what_some_network_tells_is_offered() -> None:
    told = {metric.key for key in providers.MEASURING for metric in providers.metrics(key)}
    assert (Measure.VIEWS in recycling.measures()) == ("views" in told)
    assert Measure.LIKES in recycling.measures()
