"""What tests of WordPress do again and again: an intent, its files, and each step of its way."""

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from PIL import Image

from socialapp.clock import utc_now
from socialapp.domain.content import Attachment, Kind, Media
from socialapp.domain.moments import iso
from socialapp.domain.outcome import Outcome, Posted
from socialapp.providers.contract import Access, PublishFailed
from socialapp.providers.intent import Intent
from socialapp.providers.wordpress.adapter import WordPress as Adapter
from tests.providers.stage_wordpress import on_site
from tests.servers.wordpress import WordPress

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _png(colour: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(held, "PNG")
    return held.getvalue()


PNG = _png("navy")


def picture(
    folder: Path, *, colour: str = "teal", name: str = "harbour.png", alt: str = ""
) -> Media:
    """Write a picture, and return it as a medium of a post."""
    file = folder / f"{colour}.png"
    file.write_bytes(_png(colour))
    return Media(
        id=1,
        kind="image",
        mime_type="image/png",
        size_bytes=file.stat().st_size,
        width=64,
        height=48,
        alt_text=alt,
        file=str(file),
        sha256=_hash(file),
        filename=name,
    )


def attachment(
    folder: Path,
    *,
    name: str = "plan.pdf",
    mime_type: str = "application/pdf",
    body: bytes = PDF,
    description: str = "",
) -> Attachment:
    """Write a file, and return it as an attachment of a page."""
    file = folder / token_hex(8)
    file.write_bytes(body)
    return Attachment(1, mime_type, len(body), name, description, str(file), _hash(file))


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def post(text: str = "Ships", *media: Media, **options: Any) -> Intent:
    """Return the intent of a post."""
    return Intent(text, media, iso(utc_now()), options=options)


def page(title: str, text: str, *attachments: Attachment, **options: Any) -> Intent:
    """Return the intent of a page."""
    return Intent(
        text,
        (),
        iso(utc_now()),
        options=options,
        kind=Kind.PAGE,
        title=title,
        attachments=attachments,
    )


@dataclass
class Desk:
    """One channel, and the adapter that serves it."""

    network: Adapter
    access: Access

    async def learn(self) -> None:
        """Ask the site what the account may, as connecting does."""
        account = await self.network.verify(self.access)
        self.access = replace(self.access, known=account.known)

    async def prepare(self, intent: Intent, once: str) -> Intent:
        """Return the intent with what was prepared of it."""
        made = await self.network.prepare(intent, self.access, once=once)
        return replace(intent, prepared=made)

    async def outcome(self, intent: Intent, once: str = "") -> Outcome:
        """Prepare and publish it, and return what came of it, as a value."""
        once = once or token_hex(16)
        try:
            ready = await self.prepare(intent, once)
            return await self.network.publish(ready, self.access, once=once)
        except PublishFailed as failed:
            return failed.outcome

    async def posted(self, intent: Intent, once: str = "") -> Posted:
        """Publish it; it has to work."""
        outcome = await self.outcome(intent, once)
        assert isinstance(outcome, Posted), outcome
        return outcome


async def raw(site: WordPress, posted: Posted, kind: str = "posts") -> dict[str, Any]:
    """Return a post as its author sees it."""
    found: dict[str, Any] = await on_site(site, f"{kind}/{posted.remote_id}", context="edit")
    return found


async def written_with(site: WordPress, words: str, kind: str = "posts") -> list[dict[str, Any]]:
    """Return what was written with these words, published or not."""
    status = "publish,future,draft,pending,private"
    found: list[dict[str, Any]] = await on_site(
        site, kind, search=words, status=status, context="edit", per_page="100"
    )
    return found


async def files_of(site: WordPress, id: int) -> list[dict[str, Any]]:  # noqa: A002
    """Return the files that were uploaded for a post, in that order."""
    found: list[dict[str, Any]] = await on_site(
        site, "media", parent=str(id), context="edit", orderby="id", order="asc"
    )
    return found
