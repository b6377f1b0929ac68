"""Comparisons: plan, make, look at, stop; and the pairs of one as a table."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from socialapp.api.comparison_views import (
    CSV,
    ComparisonOut,
    ComparisonPage,
    NewComparison,
    WordingIn,
    filename,
)
from socialapp.api.deps import Id, Publishes, Reading, Reads, Transaction
from socialapp.api.door import Guarded, Words
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import Problem, Rejected
from socialapp.services import comparing, comparisons
from socialapp.services.comparisons import New
from socialapp.services.evergreen_entries import Content
from socialapp.store import channels
from socialapp.store import comparisons as rows

router = APIRouter(prefix="/api/comparisons", tags=["Comparisons"], route_class=Guarded)


def _content(given: WordingIn, field: str) -> Content:
    if given.post_id is not None and (given.text or given.media_ids):
        message = "Give `post_id` or `text`, not both. Nothing was planned."
        raise Rejected(Problem("one_of_two", message, f"{field}.post_id"))
    return Content(given.text, given.media_ids, given.post_id)


@router.get("", responses=problems(400, 401, 403))
async def list_comparisons(
    by: Reads,
    db: Reading,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Words, Query(max_length=300)] = "",
) -> ComparisonPage:
    """List comparisons with their pairs, the newest first."""
    page = await rows.page(db, by.workspace_id, limit=limit, cursor=cursor)
    items = [ComparisonOut.of(each) for each in await comparing.seen(db, page.items)]
    return ComparisonPage(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.post("", status_code=201, responses=problems(400, 401, 403, 404))
async def make_comparison(new: NewComparison, by: Publishes, db: Transaction) -> ComparisonOut:
    """Plan all posts of a comparison; with `dry_run` say which, when, and what speaks against it.

    Give the `seed` of a dry run to have the order that it showed.
    """
    now = utc_now()
    wanted = New(
        name=new.name,
        a=_content(new.a, "a"),
        b=_content(new.b, "b"),
        channel_ids=tuple(new.channel_ids),
        starts=moments.read(new.starts_at, zone=new.timezone or by.zone),
        measure=new.measure,
        pairs=new.pairs,
        age_days=new.age_days,
    )
    if new.dry_run:
        plan = await comparisons.plan(db, by, wanted, seed=new.seed, now=now)
        return ComparisonOut.planned(wanted, plan)
    made, plan = await comparisons.create(db, by, wanted, seed=new.seed, now=now)
    return ComparisonOut.of((await comparing.seen(db, [made]))[0], list(plan.warnings))


@router.get("/{comparison_id}", responses=problems(400, 401, 403, 404))
async def get_comparison(comparison_id: Id, by: Reads, db: Reading) -> ComparisonOut:
    """Return a comparison with its pairs, and what may be said of it by now."""
    found = await comparisons.get(db, by, comparison_id)
    return ComparisonOut.of((await comparing.seen(db, [found]))[0])


@router.post("/{comparison_id}/stop", responses=problems(400, 401, 403, 404, 409))
async def stop_comparison(comparison_id: Id, by: Publishes, db: Transaction) -> ComparisonOut:
    """Stop it for good: what is not out goes to the trash, what is out stays; there is no verdict.

    One that has ended keeps its verdict; what still waits of it is taken back.
    """
    found = await comparisons.stop(db, by, comparison_id, now=utc_now())
    return ComparisonOut.of((await comparing.seen(db, [found]))[0])


@router.get(
    "/{comparison_id}/pairs.csv",
    response_class=Response,
    responses=CSV | problems(400, 401, 403, 404),
)
async def export_pairs(comparison_id: Id, by: Reads, db: Reading) -> Response:
    """Return its posts as a CSV file, pair by pair; what is not known is an empty cell."""
    found = await comparisons.get(db, by, comparison_id)
    (seen,) = await comparing.seen(db, [found])
    names = await channels.by_id(db, by.workspace_id, {each.channel_id for each in seen.pairs})
    return Response(
        comparing.table(seen, {key: channel.name for key, channel in names.items()}),
        media_type="text/csv",
        headers=filename(found.created_at, comparison_id),
    )
