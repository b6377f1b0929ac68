"""The library and attachments through HTTP: real requests, real keys, real files."""

from collections.abc import AsyncIterator

import httpx
import pytest

from socialapp.domain.people import Member
from socialapp.services import media
from socialapp.store.files import Files
from socialapp.store.session import Database
from tests.imaging import files as samples
from tests.media.conftest import client, kept

JPEG = {"file": ("Fähre.jpg", samples.photo(600, 400), "image/jpeg")}

ABOUT = {"/api/media": "alt_text", "/api/attachment": "description"}
"""Where files are uploaded to, and what is said about them there."""


@pytest.fixture(params=ABOUT)
def where(request: pytest.FixtureRequest) -> str:
    """Where a file is uploaded to: what holds for one place holds for the other."""
    return str(request.param)


@pytest.fixture
async def strangers(
    database: Database, folder: Files, carol: Member
) -> AsyncIterator[httpx.AsyncClient]:
    """Carol's program."""
    async with await client(database, carol, folder) as program:
        yield program


async def test_an_upload_answers_with_everything_that_is_known(hers: httpx.AsyncClient) -> None:
    answer = await hers.post("/api/media", files=JPEG, data={"alt_text": "A ferry"})

    assert answer.status_code == 201
    asset = answer.json()
    assert asset["kind"] == "image"
    assert asset["mime_type"] == "image/jpeg"
    assert (asset["width"], asset["height"], asset["duration_s"]) == (600, 400, None)
    assert (asset["alt_text"], asset["filename"]) == ("A ferry", "Fähre.jpg")
    assert asset["url"] == f"/api/media/{asset['id']}/file"
    assert asset["created_at"].endswith("Z")
    assert (await hers.get(f"/api/media/{asset['id']}")).json() == asset
    listed = (await hers.get("/api/media", params={"q": "ferry"})).json()
    assert listed == {"items": [asset], "next_cursor": None, "total": 1}


async def test_the_bytes_come_back_safe_to_show(hers: httpx.AsyncClient) -> None:
    asset = (await hers.post("/api/media", files=JPEG)).json()

    answer = await hers.get(asset["url"])

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "inline; filename*=utf-8''F%C3%A4hre.jpg"
    assert len(answer.content) == asset["size_bytes"]
    assert samples.GPS_WORDS not in answer.content
    again = await hers.get(asset["url"], headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_name_that_lies_is_corrected_for_the_download(hers: httpx.AsyncClient) -> None:
    lie = {"file": ('evil".html', samples.photo(300, 200), "text/html")}
    asset = (await hers.post("/api/media", files=lie)).json()

    answer = await hers.get(asset["url"])

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].endswith(".html.jpg")


async def test_a_video_is_sent_in_parts(hers: httpx.AsyncClient) -> None:
    video = {"file": ("a.mp4", samples.mp4(), "video/mp4")}
    asset = (await hers.post("/api/media", files=video)).json()

    part = await hers.get(asset["url"], headers={"Range": "bytes=100-199"})

    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{asset['size_bytes']}"
    assert len(part.content) == 100
    assert (await hers.get(asset["thumbnail_url"])).status_code == 404


async def test_the_picture_stands_in_until_its_thumbnail_is_made(
    hers: httpx.AsyncClient, database: Database
) -> None:
    asset = (await hers.post("/api/media", files=JPEG)).json()

    before = await hers.get(asset["thumbnail_url"])
    await media.make_thumbnails(database, asset["id"])
    after = await hers.get(asset["thumbnail_url"])
    preview = await hers.get(asset["preview_url"])

    assert (before.headers["content-type"], before.headers["cache-control"]) == (
        "image/jpeg",
        "private, no-cache",
    )
    assert after.headers["content-type"] == preview.headers["content-type"] == "image/webp"
    assert len(after.content) < len(before.content)


async def test_carol_finds_nothing_of_alices(
    hers: httpx.AsyncClient, where: str, strangers: httpx.AsyncClient
) -> None:
    asset = (await hers.post(where, files=JPEG)).json()
    address = f"{where}/{asset['id']}"

    smaller = ("thumbnail", "preview") if where == "/api/media" else ()
    missing = (await strangers.get(f"{where}/999999999")).json()

    for request in (
        strangers.get(address),
        strangers.get(f"{address}/file"),
        *(strangers.get(f"{address}/{size}") for size in smaller),
        strangers.patch(address, json={"filename": "mine"}),
        strangers.delete(address),
    ):
        answer = await request
        assert answer.status_code == 404
        assert answer.json()["code"] == missing["code"]
    assert (await strangers.get(where)).json()["total"] == 0
    assert (await hers.get(address)).json() == asset


async def test_without_a_key_nothing_is_read_or_kept(
    hers: httpx.AsyncClient, where: str, folder: Files
) -> None:
    del hers.headers["Authorization"]

    refused = await hers.post(where, files=JPEG)

    assert refused.status_code == 401
    assert kept(folder) == []


async def test_a_description_is_changed_and_a_picture_deleted(
    hers: httpx.AsyncClient, folder: Files
) -> None:
    asset = (await hers.post("/api/media", files=JPEG)).json()
    address = f"/api/media/{asset['id']}"

    changed = await hers.patch(address, json={"alt_text": "Two boats"})
    too_long = await hers.patch(address, json={"alt_text": "x" * 1501})
    unknown = await hers.patch(address, json={"size_bytes": 1})
    deleted = await hers.delete(address)

    assert changed.json()["alt_text"] == "Two boats"
    assert (too_long.status_code, too_long.json()["code"]) == (400, "alt_text_too_long")
    assert unknown.status_code == 400
    assert deleted.status_code == 204
    assert (await hers.get(address)).status_code == 404
    assert kept(folder) == []


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.jpg", b"", "unsupported_type"),
        ("a.svg", b"<svg><script>alert(1)</script></svg>", "unsupported_type"),
        ("a.jpg", samples.photo()[:20_000], "broken"),
        ("a.png", samples.bomb_png(), "too_heavy"),
        ("a.gif", samples.animation(400), "too_heavy"),
    ],
)
async def test_a_hostile_file_is_415_and_leaves_nothing(
    hers: httpx.AsyncClient, folder: Files, name: str, data: bytes, code: str
) -> None:
    answer = await hers.post("/api/media", files={"file": (name, data)})

    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert kept(folder) == []


async def test_too_much_is_refused_before_the_rest_is_read(
    hers: httpx.AsyncClient, where: str, folder: Files
) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
        while sent < 50 * folder.limit_bytes:
            sent += 65536
            yield bytes(65536)

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await hers.post(where, content=endless(), headers=kind)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_big")
    assert sent <= folder.limit_bytes + 2 * 65536
    assert kept(folder) == []


async def test_what_says_that_it_is_too_big_is_not_read_at_all(
    hers: httpx.AsyncClient, where: str, folder: Files
) -> None:
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(folder.limit_bytes * 10),
    }
    was_read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal was_read
        was_read = True
        yield b""

    answer = await hers.post(where, content=body(), headers=headers)

    assert answer.status_code == 413
    assert not was_read


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{}", "application/json", 415, "multipart_required"),
        (b"rubbish", "multipart/form-data; boundary=x", 400, "multipart_unreadable"),
        (b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc",
         "multipart/form-data; boundary=x", 400, "multipart_unreadable"),
        (b"--x\r\nContent-Disposition: form-data; name=\"alt_text\"\r\n\r\nabc\r\n--x--\r\n",
         "multipart/form-data; boundary=x", 400, "file_required"),
        (b"", "multipart/form-data; boundary=" + "x" * 5000, 400, "multipart_unreadable"),
    ],
)  # fmt: skip
async def test_a_body_that_is_no_upload_is_said_to_be_none(
    hers: httpx.AsyncClient,
    where: str,
    folder: Files,
    body: bytes,
    kind: str,
    status: int,
    code: str,
) -> None:
    answer = await hers.post(where, content=body, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert kept(folder) == []


async def test_bytes_that_look_like_a_boundary_survive(hers: httpx.AsyncClient, where: str) -> None:
    """Split anywhere, also in the middle of what could be the end of the file."""
    data = samples.photo(300, 200)
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        + data + b'\r\n--x\r\nContent-Disposition: form-data; name="' + ABOUT[where].encode()
        + b'"\r\n\r\nB\r\n--x--\r\n'
    )  # fmt: skip

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(body), 7):
            yield body[at : at + 7]

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    whole = await hers.post(where, files={"file": ("a.jpg", data)})
    split = await hers.post(where, content=pieces(), headers=kind)

    assert split.json()["sha256"] == whole.json()["sha256"]
    assert split.json()[ABOUT[where]] == "B"


async def test_the_sandbox_shows_what_was_posted_to_it_and_nothing_else(
    hers: httpx.AsyncClient, folder: Files
) -> None:
    del hers.headers["Authorization"]
    folder.sandbox.mkdir(parents=True, exist_ok=True)
    posted = "0" * 64
    (folder.sandbox / posted).write_bytes(samples.photo(300, 200))

    shown = await hers.get(f"/sandbox/media/{posted}")

    assert shown.headers["content-type"] == "image/jpeg"
    assert (await hers.get("/sandbox/media/" + "1" * 64)).status_code == 404
    assert (await hers.get("/sandbox/media/..%2Fsocialapp.db")).status_code in {400, 404}
