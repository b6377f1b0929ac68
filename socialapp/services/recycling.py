"""Recycling: an evergreen list fills itself by a rule, at once or with a person's yes.

The rule looks once a day. Whoever saved it last answers for what it adds: may they not approve,
its posts wait for who may. The list stays with whoever made it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from socialapp import providers
from socialapp.domain import moments
from socialapp.domain.errors import Conflict, ForPeople, NotAllowed, NotFound
from socialapp.domain.people import RIGHTS, Member, Right, Role
from socialapp.domain.recycling import Measure, Rule, State, metric_of
from socialapp.services import ahead, evergreen, evergreen_entries, recycling_finds
from socialapp.services.evergreen_entries import Content
from socialapp.services.recycling_finds import Find, Finds
from socialapp.store import evergreen as lists
from socialapp.store import people, team
from socialapp.store import recycling as rows
from socialapp.store.session import AsyncSession, Database, aftermath
from socialapp.store.tables import EvergreenList, RecycledPost, RecyclingRule

EVERY = timedelta(days=1)
NOBODY = (
    "Whoever saved this rule may not publish here any more. Nothing was added, and it looks no"
    " more. Save the rule again."
)


def rule_of(kept: RecyclingRule) -> Rule:
    """Return the rule as it is asked."""
    return Rule(
        Measure(kept.measure),
        kept.best_percent,
        kept.at_least,
        kept.from_days,
        kept.to_days,
        kept.per_week,
        kept.asks,
    )


async def get(db: AsyncSession, by: Member, list_id: int) -> RecyclingRule:
    """Return the rule of a list. Raises NotFound when there is no such list, or it has none."""
    await evergreen.get(db, by, list_id)
    kept = await rows.rule(db, by.workspace_id, list_id)
    if kept is None:
        raise NotFound("This list has no recycling rule.")
    return kept


async def preview(
    db: AsyncSession, by: Member, list_id: int, rule: Rule, *, now: datetime
) -> Finds:
    """Return what a rule would add or propose now, if it was saved. Nothing is changed."""
    if not by.may(Right.PUBLISH):
        raise NotAllowed("You may look at evergreen lists here, not change them.")
    found = await evergreen.get(db, by, list_id)
    if found.ended_at:
        raise Conflict("This list was ended. Make a new one.")
    rule.check()
    return await recycling_finds.find(db, by, found, rule, anew=True, now=now)


async def save(
    db: AsyncSession, by: Member, list_id: int, rule: Rule, finds: Finds, *, now: datetime
) -> RecyclingRule:
    """Keep the rule of a list, and do at once what it finds: that is what `preview` returned.

    What waited for an answer by the rule before is withdrawn.
    """
    found = await evergreen.to_change(db, by, list_id)
    rule.check()
    kept = await rows.rule(db, by.workspace_id, list_id)
    if kept is None:
        kept = RecyclingRule(
            list_id=list_id, workspace_id=by.workspace_id, created_at=now, **vars(rule)
        )
    for name, value in vars(rule).items():
        setattr(kept, name, value)
    kept.saved_by, kept.updated_at = by.person_id, now
    db.add(kept)
    await rows.withdraw(db, list_id, now=now)
    await _fill(db, await _maker(db, kept), found, kept, finds, now=now)
    return await get(db, by, list_id)


async def remove(db: AsyncSession, by: Member, list_id: int, *, now: datetime) -> None:
    """Take the rule of a list away: what it added stays, what it proposed is withdrawn."""
    await evergreen.to_change(db, by, list_id)
    kept = await get(db, by, list_id)
    await db.delete(kept)
    await rows.withdraw(db, list_id, now=now)
    aftermath(db).workspaces.add(by.workspace_id)


async def accept(
    db: AsyncSession, by: Member, list_id: int, found_id: int, *, now: datetime
) -> RecycledPost:
    """Add what was proposed to the list. Twice is harmless.

    Raises Conflict when it was dismissed or withdrawn, or its post may not go again by now.
    """
    found = await evergreen.to_change(db, by, list_id)
    mine = await _one(db, by, list_id, found_id)
    if mine.state == State.ADDED:
        return mine
    if mine.state != State.PROPOSED:
        raise Conflict(f"It was {mine.state} since. Nothing was added.")
    await rows.lock_posts(db, [mine.post_id])
    await _check_still(db, found, mine.post_id)
    await _add(db, by, found, mine, now=now)
    mine.decided_by = by.person_id
    await _kept(db, mine)
    await evergreen.again(db, by, found, now=now)
    return mine


async def _check_still(db: AsyncSession, found: EvergreenList, post_id: int) -> None:
    may = await recycling_finds.eligible(db, found, [post_id])
    if post_id not in may and post_id in await rows.taken(db, found):
        raise Conflict("Another list of its channels has that post. Dismiss it. Nothing was added.")
    if post_id not in may:
        raise Conflict("That post is gone, or its media are. Dismiss it. Nothing was added.")
    if may[post_id].post.text.strip() in await recycling_finds.texts_of(db, found):
        raise Conflict("The list says that already. Dismiss it. Nothing was added.")


async def dismiss(
    db: AsyncSession, by: Member, list_id: int, found_id: int, *, now: datetime
) -> RecycledPost:
    """Say no: the post is never proposed to this list again. Twice is harmless."""
    await evergreen.to_change(db, by, list_id)
    mine = await _one(db, by, list_id, found_id)
    if mine.state == State.ADDED:
        raise Conflict("It was added since. Remove the entry instead.")
    if mine.state != State.DISMISSED:
        mine.state, mine.decided_at, mine.decided_by = State.DISMISSED, now, by.person_id
    return await _kept(db, mine)


async def look(database: Database, workspace_id: int, list_id: int, *, now: datetime) -> int:
    """Let the rule of a list look, if its day has come; return how many posts it found.

    It looks while others write, and locks only to add. When the rule was changed, or another
    worker was faster meanwhile, what it found is void.
    """
    async with database.reading() as db:
        due = await _due(db, workspace_id, list_id, now=now)
        if due is None:
            return 0
        found, kept = due
        by, began = await _maker(db, kept), kept.updated_at
        finds = await recycling_finds.find(db, by, found, rule_of(kept), anew=False, now=now)
    async with database.transaction() as db:
        await people.keep_workspace(db, workspace_id)
        due = await _due(db, workspace_id, list_id, lock=True, now=now)
        if due is None or due[1].updated_at != began:
            return 0
        found, kept = due
        return await _fill(db, await _maker(db, kept), found, kept, finds, now=now)


async def _due(
    db: AsyncSession, workspace_id: int, list_id: int, *, lock: bool = False, now: datetime
) -> tuple[EvergreenList, RecyclingRule] | None:
    found = await lists.get(db, workspace_id, list_id, lock=lock)
    kept = await rows.rule(db, workspace_id, list_id)
    if found is None or kept is None or found.ended_at:
        return None
    return (found, kept) if kept.look_at is not None and kept.look_at <= now else None


async def _maker(db: AsyncSession, kept: RecyclingRule) -> Member:
    zone = (await people.workspace(db, kept.workspace_id)).zone
    return await ahead.maker(db, kept.workspace_id, kept.saved_by, zone=zone)


async def _fill(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    kept: RecyclingRule,
    finds: Finds,
    *,
    now: datetime,
) -> int:
    list_id, rule = found.id or 0, rule_of(kept)
    if not await _may_publish(db, kept):
        kept.looked_at, kept.look_at, kept.said = now, None, NOBODY
        db.add(kept)
        aftermath(db).workspaces.add(by.workspace_id)
        return 0
    await _withdraw_what_may_not_go(db, found, now=now)
    there = await recycling_finds.still(db, found, rule, finds.now, now=now)
    before, done, trouble = await rows.by_post(db, list_id), 0, ""
    for each in there:
        mine = before.get(each.post.id or 0) or RecycledPost(
            workspace_id=found.workspace_id,
            list_id=list_id,
            post_id=each.post.id or 0,
            channel_id=each.channel_id,
        )
        try:
            async with db.begin_nested():
                await _take(db, by, found, mine, each, asks=rule.asks, now=now)
        except ForPeople as no:
            trouble = f"Something was not added: {no.detail}"
            break
        done += 1
    if trouble:  # what was read before is void
        found = await evergreen.get(db, by, list_id, lock=True)
        kept = await get(db, by, list_id)
    if done and not rule.asks:
        await evergreen.fill(db, found, now=now)
    kept.looked_at, kept.look_at = now, now + EVERY
    kept.said = " ".join(filter(None, [said(replace(finds, now=there[:done]), rule), trouble]))
    db.add(kept)
    await db.flush()
    aftermath(db).workspaces.add(by.workspace_id)
    return done


async def _take(
    db: AsyncSession,
    by: Member,
    found: EvergreenList,
    mine: RecycledPost,
    find: Find,
    *,
    asks: bool,
    now: datetime,
) -> None:
    mine.state, mine.why, mine.channel_id = State.PROPOSED, find.why, find.channel_id
    mine.found_at, mine.decided_at, mine.decided_by = now, None, None
    if not asks:
        await _add(db, by, found, mine, now=now)
        mine.is_held = not by.may(Right.APPROVE)
    await _kept(db, mine)


async def _may_publish(db: AsyncSession, kept: RecyclingRule) -> bool:
    """Whether whoever saved the rule may still publish; of a program its key said so then."""
    if kept.saved_by is None:
        return True
    role = (await team.roles(db, kept.workspace_id)).get(kept.saved_by)
    return role is not None and Right.PUBLISH in RIGHTS[Role(role)]


async def _add(
    db: AsyncSession, by: Member, found: EvergreenList, mine: RecycledPost, *, now: datetime
) -> None:
    content = Content(post_id=mine.post_id)
    entry = await evergreen_entries.put(db, by, found, content, now=now)
    mine.state, mine.entry_id, mine.decided_at = State.ADDED, entry.id, now


async def _withdraw_what_may_not_go(
    db: AsyncSession, found: EvergreenList, *, now: datetime
) -> None:
    before = await rows.by_post(db, found.id or 0)
    waits = [post_id for post_id, each in before.items() if each.state == State.PROPOSED]
    may = await recycling_finds.eligible(db, found, waits)
    await rows.withdraw(db, found.id or 0, now=now, post_ids=set(waits) - set(may))


def measures() -> list[Measure]:
    """Return what can be counted: what at least one network tells."""
    told = [metric for network in providers.MEASURING for metric in providers.metrics(network)]
    return [measure for measure in Measure if metric_of(measure, told)]


def said(finds: Finds, rule: Rule) -> str:
    """Say what a look came to."""
    number, deed = len(finds.now), "proposed" if rule.asks else "added"
    what = f"{number} {'post' if number == 1 else 'posts'} {deed}." if number else "Nothing new."
    if not finds.left:
        what = "The week, or the list, has no room for more."
        if rule.asks:
            what = "The week, or the list, has no room for more, or some wait for an answer."
    return " ".join([what, *finds.notes])


def when(kept: RecyclingRule, *, now: datetime) -> str:
    """Say when the rule looked, and when it looks again."""
    if not kept.looked_at or not kept.look_at:
        return ""
    looked = moments.distance(kept.looked_at, now=now)
    return f"Looked {looked}, again {moments.distance(max(kept.look_at, now), now=now)}."


async def _one(db: AsyncSession, by: Member, list_id: int, found_id: int) -> RecycledPost:
    mine = await rows.one(db, by.workspace_id, list_id, found_id)
    if mine is None:
        raise NotFound("Nothing like that was proposed.")
    return mine


async def _kept(db: AsyncSession, mine: RecycledPost) -> RecycledPost:
    db.add(mine)
    await db.flush()
    aftermath(db).workspaces.add(mine.workspace_id)
    return mine
