"""Attachments: any document on the list, saved by readers and never shown in their browser."""

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from socialapp.clock import utc_now
from socialapp.domain.delivery import Shown
from socialapp.domain.errors import NotAllowed, TooBig, UnsupportedType
from socialapp.domain.people import Member, Role
from socialapp.imaging import workshop
from socialapp.services import attachments, uploads
from socialapp.store import files
from socialapp.store.files import Files
from socialapp.store.session import Database
from socialapp.store.tables import AttachmentAsset, Post, PostAttachment
from tests.imaging import documents
from tests.imaging import files as samples
from tests.imaging.test_documents import REFUSED
from tests.media.conftest import kept, member
from tests.media.test_service import make_old

PDF = {"file": ("Protokoll Mai.pdf", documents.pdf(), "application/pdf")}


async def attached(
    database: Database, by: Member, data: bytes, name: str = "a.pdf"
) -> AttachmentAsset:
    """An upload through the service."""
    async with files.files().incoming() as incoming:
        await incoming.write(data)
        return await attachments.upload(database, by, incoming, filename=name, now=utc_now())


async def used_by_a_page(database: Database, asset: AttachmentAsset, status: Shown) -> int:
    """A page that carries the file; returns its id."""
    async with database.transaction() as db:
        page = Post(
            workspace_id=asset.workspace_id, kind="page", title="Minutes", text="x", status=status
        )
        db.add(page)
        await db.flush()
        db.add(PostAttachment(post_id=page.id or 0, position=0, attachment_id=asset.id or 0))
    return page.id or 0


async def test_an_upload_answers_with_everything_that_is_known(hers: httpx.AsyncClient) -> None:
    answer = await hers.post("/api/attachment", files=PDF, data={"description": " The minutes "})

    asset = answer.json()
    assert answer.status_code == 201
    assert set(asset) == {
        *("id", "mime_type", "size_bytes", "description"),
        *("filename", "sha256", "url", "created_at"),
    }
    assert (asset["mime_type"], asset["filename"]) == ("application/pdf", "Protokoll Mai.pdf")
    assert (asset["description"], asset["size_bytes"]) == ("The minutes", len(documents.pdf()))
    assert asset["url"] == f"/api/attachment/{asset['id']}/file"
    assert (await hers.get(f"/api/attachment/{asset['id']}")).json() == asset
    listed = (await hers.get("/api/attachment", params={"q": "minutes"})).json()
    assert listed == {"items": [asset], "next_cursor": None, "total": 1}


async def test_the_bytes_come_back_to_be_saved_not_shown(hers: httpx.AsyncClient) -> None:
    asset = (await hers.post("/api/attachment", files=PDF)).json()

    answer = await hers.get(asset["url"])
    part = await hers.get(asset["url"], headers={"Range": "bytes=0-4"})
    again = await hers.get(asset["url"], headers={"If-None-Match": answer.headers["etag"]})

    assert answer.content == documents.pdf()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (
        answer.headers["content-disposition"] == "attachment; filename*=utf-8''Protokoll%20Mai.pdf"
    )
    assert (part.status_code, part.content) == (206, b"%PDF-")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("name", "data", "mime_type", "saved_as"),
    [
        ("notes.md", b"# Hours", "text/markdown; charset=utf-8", "notes.md"),
        ("prices.csv", b"bread,3", "text/csv; charset=utf-8", "prices.csv"),
        ("app.log", b"started", "text/plain; charset=utf-8", "app.log"),
        ("evil.html", b"Just words", "text/plain; charset=utf-8", "evil.html.txt"),
        ("evil.html", documents.pdf(), "application/pdf", "evil.html.pdf"),
        ("a.pdf", documents.office(), None, "a.pdf.docx"),
        ("boat.png", samples.photo(300, 200), "image/jpeg", "boat.png.jpg"),
        (".pdf", documents.pdf(), "application/pdf", "pdf.pdf"),
    ],
)
async def test_a_name_that_lies_is_corrected_for_the_download(
    hers: httpx.AsyncClient, name: str, data: bytes, mime_type: str | None, saved_as: str
) -> None:
    parts = {"file": (name, data, "text/html")}
    asset = (await hers.post("/api/attachment", files=parts)).json()

    answer = await hers.get(asset["url"])

    assert answer.headers["content-disposition"] == f'attachment; filename="{saved_as}"'
    assert answer.headers["content-type"] == (mime_type or asset["mime_type"])


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_415_with_a_reason_and_leaves_nothing(
    hers: httpx.AsyncClient, folder: Files, name: str
) -> None:
    data, why = REFUSED[name]

    answer = await hers.post("/api/attachment", files={"file": ("a.pdf", data)})

    assert answer.status_code == 415
    assert why in answer.json()["detail"]
    assert kept(folder) == []


async def test_a_description_and_a_name_are_changed(hers: httpx.AsyncClient) -> None:
    asset = (await hers.post("/api/attachment", files=PDF)).json()
    where = f"/api/attachment/{asset['id']}"

    changed = await hers.patch(where, json={"description": "Of May", "filename": "../may.pdf"})
    too_long = await hers.patch(where, json={"description": "x" * 1501})
    unknown = await hers.patch(where, json={"size_bytes": 1})

    assert (changed.json()["description"], changed.json()["filename"]) == ("Of May", "may.pdf")
    assert (too_long.status_code, too_long.json()["code"]) == (400, "description_too_long")
    assert unknown.status_code == 400
    assert (await hers.get(where)).json() == changed.json()


@pytest.mark.parametrize("status", [Shown.DRAFT, Shown.QUEUED, Shown.FAILED])
async def test_what_a_page_needs_is_not_deleted(
    hers: httpx.AsyncClient, database: Database, folder: Files, alice: Member, status: Shown
) -> None:
    asset = await attached(database, alice, documents.pdf())
    page_id = await used_by_a_page(database, asset, status)

    answer = await hers.delete(f"/api/attachment/{asset.id}")

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert f"page {page_id} (“Minutes”)" in answer.json()["detail"]
    assert len(kept(folder)) == 1


async def test_what_went_out_may_be_deleted(
    hers: httpx.AsyncClient, database: Database, folder: Files, alice: Member
) -> None:
    asset = await attached(database, alice, documents.pdf())
    await used_by_a_page(database, asset, Shown.POSTED)

    answer = await hers.delete(f"/api/attachment/{asset.id}")

    assert answer.status_code == 204
    assert (await hers.get(f"/api/attachment/{asset.id}")).status_code == 404
    assert kept(folder) == []


async def test_the_sweep_leaves_attachments_alone(
    database: Database, folder: Files, alice: Member
) -> None:
    await attached(database, alice, documents.pdf())
    await attached(database, alice, b"# Hours", "hours.md")
    make_old(folder)

    removed = await uploads.sweep(database)

    assert (removed, len(kept(folder))) == (0, 2)


async def test_a_reader_cannot_upload_and_nothing_stays(database: Database, folder: Files) -> None:
    viewer = await member(database, Role.VIEWER)

    with pytest.raises(NotAllowed):
        await attached(database, viewer, documents.pdf())

    assert kept(folder) == []


async def test_a_full_disk_is_said_and_leaves_nothing(
    database: Database, folder: Files, alice: Member
) -> None:
    async def onto_a_full_disk() -> None:
        async with folder.incoming() as incoming:
            incoming.path.symlink_to("/dev/full")
            await incoming.write(documents.pdf())
            await attachments.upload(database, alice, incoming, filename="a.pdf", now=utc_now())

    with pytest.raises(TooBig, match="no room left") as refused:
        await onto_a_full_disk()

    assert refused.value.code == "disk_full"
    assert kept(folder) == []


async def test_a_row_that_cannot_be_written_leaves_no_file(
    database: Database, folder: Files, alice: Member
) -> None:
    gone = Member(workspace_id=10**9, zone="UTC", rights=alice.rights)

    with pytest.raises(IntegrityError):
        await attached(database, gone, documents.pdf())

    assert kept(folder) == []


async def test_a_file_that_takes_too_long_to_look_at_is_refused(
    database: Database, folder: Files, alice: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "_PATIENCE_S", 0.01)

    with pytest.raises(UnsupportedType, match="too much memory or time"):
        await attached(database, alice, documents.pdf())

    assert kept(folder) == []
