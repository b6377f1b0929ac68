"""The pictures on the public timeline of the built-in network."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath

from socialapp.api.errors import problems
from socialapp.api.media import stored
from socialapp.domain.errors import NotFound
from socialapp.imaging.types import Unreadable, file_type


def router(folder: Path) -> APIRouter:
    """Return the door to the files that were posted to the sandbox, kept in `folder`."""
    made = APIRouter(tags=["Sandbox"])

    @made.get("/sandbox/media/{sha256}", responses=problems(404))
    async def sandbox_media(
        sha256: Annotated[str, InPath(pattern="^[0-9a-f]{64}$")], request: Request
    ) -> Response:
        """Return a picture that was posted to the sandbox. Public, as its timeline is."""
        path = folder / sha256
        try:
            with path.open("rb") as file:
                kind = file_type(file.read(512))
        except (OSError, Unreadable) as error:
            raise NotFound("There is no such picture on the sandbox.") from error
        name = f"{sha256[:12]}.{kind.extension}"
        return stored(request, path, kind.mime_type, name, sha256, cached="public, max-age=86400")

    return made
