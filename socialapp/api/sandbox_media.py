"""The files on the public timeline of the built-in network: pictures, videos, attachments."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import FileResponse

from socialapp.api.deps import Id, Reading
from socialapp.api.errors import problems
from socialapp.api.stored import stored
from socialapp.domain.errors import NotFound
from socialapp.imaging.types import Unreadable, file_type
from socialapp.store import sandbox
from socialapp.store.files import files

router = APIRouter(tags=["Sandbox"])


@router.get("/sandbox/media/{sha256}", response_class=FileResponse, responses=problems(400, 404))
async def sandbox_media(
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], request: Request
) -> Response:
    """Return a picture that was posted to the sandbox. Public, as its timeline is."""
    path = files().sandbox / sha256
    try:
        with path.open("rb") as file:
            kind = file_type(file.read(512))
    except (OSError, Unreadable) as error:
        raise NotFound("There is no such picture on the sandbox.") from error
    name = f"{sha256[:12]}.{kind.extension}"
    return stored(request, path, kind.mime_type, name, sha256, cached="public, max-age=86400")


@router.get(
    "/sandbox/posts/{post_id}/attachments/{place}",
    response_class=FileResponse,
    responses=problems(400, 404),
)
async def sandbox_attachment(
    post_id: Id, place: Annotated[int, Path(ge=0, le=1000)], request: Request, db: Reading
) -> Response:
    """Return a file of a page that was posted to the sandbox. Public, as its timeline is."""
    post = await sandbox.get(db, post_id)
    if post is None or place >= len(post.attachments):
        raise NotFound("There is no such file on the sandbox.")
    file = post.attachments[place]
    path, tag = files().sandbox / file["sha256"], file["sha256"]
    return stored(request, path, file["mime_type"], file["filename"], tag, shows=False)
