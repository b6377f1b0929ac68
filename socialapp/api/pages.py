"""Pages, longer pieces with a title and attachments: create, read, list, edit, delete, check."""

from fastapi import APIRouter
from pydantic import ConfigDict

from socialapp.api import checks
from socialapp.api.checks import CheckOut
from socialapp.api.deps import Id, Reading, Reads, Transaction, Writes
from socialapp.api.door import Guarded
from socialapp.api.errors import problems
from socialapp.api.listing import Asked
from socialapp.api.page_views import PageList, PageOut, page_out, pages_out
from socialapp.api.writing import Change, Ids, IfMatch, New, PageVariants, Text
from socialapp.clock import utc_now
from socialapp.domain.content import Kind
from socialapp.services import posts
from socialapp.store import posts as rows

router = APIRouter(prefix="/api", tags=["Pages"], route_class=Guarded)


class NewPage(New):
    """A page to keep as a draft; its text is Markdown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Opening hours", "text": "Open **from six**.", "attachment_ids": []}
            ]
        }
    )

    title: Text = ""
    attachment_ids: Ids = []
    variants: PageVariants = []


class PageChange(Change):
    """What to change; what is not given stays. `revision` is the one that was read."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"revision": 1, "title": "Opening hours in May"}]}
    )

    title: Text | None = None
    attachment_ids: Ids | None = None
    variants: PageVariants | None = None


@router.post("/pages", status_code=201, responses=problems(400, 401, 403, 409))
async def create_page(new: NewPage, by: Writes, db: Transaction) -> PageOut:
    """Keep a new page as a draft."""
    page = await posts.create(db, by, kind=Kind.PAGE, **new.given(), now=utc_now())
    return await page_out(db, page)


@router.get("/pages", responses=problems(400, 401, 403))
async def list_pages(by: Reads, db: Reading, asked: Asked) -> PageList:
    """List pages, the newest first; `q` looks in titles and texts."""
    page = await rows.page(db, by.workspace_id, kind=Kind.PAGE, **asked.given())
    items = await pages_out(db, page.items)
    return PageList(items=items, next_cursor=page.next_cursor or None, total=page.total)


@router.get("/pages/{page_id}", responses=problems(400, 401, 403, 404))
async def get_page(page_id: Id, by: Reads, db: Reading) -> PageOut:
    """Return a page with its attachments."""
    return await page_out(db, await posts.get(db, by, page_id, kind=Kind.PAGE))


@router.patch("/pages/{page_id}", responses=problems(400, 401, 403, 404, 409, 412))
async def edit_page(
    page_id: Id, change: PageChange, by: Writes, db: Transaction, if_match: IfMatch = ""
) -> PageOut:
    """Change a page that is not out. 412: somebody was faster, and nothing was overwritten."""
    revision = change.based_on(if_match)
    page = await posts.edit(
        db, by, page_id, kind=Kind.PAGE, revision=revision, **change.given(), now=utc_now()
    )
    return await page_out(db, page)


@router.delete("/pages/{page_id}", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def delete_page(page_id: Id, by: Writes, db: Transaction) -> None:
    """Put a page in the trash; what it had queued is cancelled. 409 when it is out."""
    await posts.delete(db, by, page_id, kind=Kind.PAGE, now=utc_now())


@router.post("/pages/{page_id}/check", responses=problems(400, 401, 403, 404))
async def check_page(page_id: Id, by: Reads, db: Reading) -> CheckOut:
    """Say what each of its channels would refuse."""
    return await checks.check_saved(db, by, await posts.get(db, by, page_id, kind=Kind.PAGE))
