"""What an author gives of a post or page: checked, and in the shape in which it is kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from socialapp import providers
from socialapp.domain import options as option_rules
from socialapp.domain import text as texts
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member
from socialapp.store import channels, contents
from socialapp.store.session import AsyncSession
from socialapp.store.tables import AttachmentAsset, MediaAsset

TEXT_AT_MOST = 100_000
TITLE_AT_MOST = 1_000
MEDIA_AT_MOST = 50
PARTS_AT_MOST = 50
ATTACHMENTS_AT_MOST = 50


@dataclass(frozen=True)
class PartGiven:
    """An element of a thread."""

    text: str = ""
    media_ids: Sequence[int] = ()


@dataclass(frozen=True)
class VariantGiven:
    """What differs for one channel; None inherits, an empty one is empty."""

    text: str | None = None
    title: str | None = None
    media_ids: Sequence[int] | None = None
    parts: Sequence[PartGiven] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What an author gives; None leaves a thing as it is."""

    text: str | None = None
    title: str | None = None
    media_ids: Sequence[int] | None = None
    parts: Sequence[PartGiven] | None = None
    options: Mapping[str, Any] | None = None
    variants: Mapping[int, VariantGiven] | None = None
    channel_ids: Sequence[int] | None = None
    attachment_ids: Sequence[int] | None = None


async def check(db: AsyncSession, by: Member, given: Given) -> None:
    """Raise Rejected for what cannot be kept, whatever a network would say of it."""
    check_sizes(given)
    found = [
        problem
        for chosen, where in _all_options(given)
        for problem in option_rules.problems(chosen, _offered(), field=where)
    ]
    if found:
        raise Rejected(*found)
    await _check_media(db, by, given)
    await _check_attachments(db, by, given.attachment_ids or ())
    await _check_channels(db, by, given)


def _offered() -> Iterable[Any]:
    return (option for network in providers.PROVIDERS for option in network.capabilities.options)


def _all_options(given: Given) -> list[tuple[Mapping[str, Any], str]]:
    variants = (given.variants or {}).items()
    return [
        (given.options or {}, "options"),
        *((variant.options, f"variants.{key}.options") for key, variant in variants),
    ]


def check_sizes(given: Given) -> None:
    """Raise Rejected for what is too long to be kept."""
    for where, words in _texts(given):
        if len(words) > TEXT_AT_MOST:
            message = f"The text is longer than {TEXT_AT_MOST} characters. Nothing was saved."
            raise Rejected(Problem("text_too_long", message, where))
    for title in (given.title, *(v.title for v in (given.variants or {}).values())):
        if title and len(title) > TITLE_AT_MOST:
            message = f"The title is longer than {TITLE_AT_MOST} characters. Nothing was saved."
            raise Rejected(Problem("title_too_long", message, "title"))
    for parts in (given.parts, *(v.parts for v in (given.variants or {}).values())):
        if parts and len(parts) > PARTS_AT_MOST:
            message = f"A thread has at most {PARTS_AT_MOST} parts here. Nothing was saved."
            raise Rejected(Problem("too_many_parts", message, "parts"))


def _texts(given: Given) -> Iterable[tuple[str, str]]:
    yield "text", given.text or ""
    for number, part in enumerate(given.parts or ()):
        yield f"parts.{number}.text", part.text
    for key, variant in (given.variants or {}).items():
        yield f"variants.{key}.text", variant.text or ""
        for number, part in enumerate(variant.parts or ()):
            yield f"variants.{key}.parts.{number}.text", part.text


def media_by_place(given: Given) -> dict[str, Sequence[int]]:
    """Return the media by the places where they are kept."""
    found: dict[str, Sequence[int]] = {contents.place(): given.media_ids or ()}
    found |= _part_places(given.parts, None)
    for channel_id, variant in (given.variants or {}).items():
        if variant.media_ids is not None:
            found[contents.place(channel_id)] = variant.media_ids
        found |= _part_places(variant.parts, channel_id)
    return found


def _part_places(
    parts: Sequence[PartGiven] | None, channel_id: int | None
) -> dict[str, Sequence[int]]:
    return {
        contents.place(channel_id, number): part.media_ids
        for number, part in enumerate(parts or (), 1)
    }


def kept_parts(parts: Sequence[PartGiven]) -> list[str]:
    """Return the texts of a thread as they are kept; their media have places of their own."""
    return [texts.normalised(part.text) for part in parts]


def kept_variants(variants: Mapping[int, VariantGiven]) -> dict[str, dict[str, Any]]:
    """Return variants as they are kept: only what differs."""
    kept: dict[str, dict[str, Any]] = {}
    for channel_id, variant in variants.items():
        differs: dict[str, Any] = {}
        if variant.text is not None:
            differs["text"] = texts.normalised(variant.text)
        if variant.title is not None:
            differs["title"] = texts.normalised(variant.title)
        if variant.media_ids is not None:
            differs["media"] = True
        if variant.parts is not None:
            differs["parts"] = kept_parts(variant.parts)
        if variant.options:
            differs["options"] = dict(variant.options)
        if differs:
            kept[str(channel_id)] = differs
    return kept


async def _check_media(db: AsyncSession, by: Member, given: Given) -> None:
    by_place = media_by_place(given)
    for ids in by_place.values():
        if len(ids) > MEDIA_AT_MOST:
            message = f"A post holds at most {MEDIA_AT_MOST} pictures and videos."
            raise Rejected(Problem("too_many_media", message, "media_ids"))
        if len(set(ids)) != len(ids):
            raise Rejected(Problem("media_twice", "A picture is in it twice.", "media_ids"))
    await _check_known(db, by, MediaAsset, [i for ids in by_place.values() for i in ids], "media")


async def _check_attachments(db: AsyncSession, by: Member, ids: Sequence[int]) -> None:
    if len(ids) > ATTACHMENTS_AT_MOST:
        message = f"A page holds at most {ATTACHMENTS_AT_MOST} attachments."
        raise Rejected(Problem("too_many_attachments", message, "attachment_ids"))
    if len(set(ids)) != len(ids):
        message = "An attachment is in it twice."
        raise Rejected(Problem("attachment_twice", message, "attachment_ids"))
    await _check_known(db, by, AttachmentAsset, ids, "attachment")


async def _check_known(
    db: AsyncSession,
    by: Member,
    table: type[MediaAsset] | type[AttachmentAsset],
    ids: Sequence[int],
    what: str,
) -> None:
    if not ids:
        return
    query = select(col(table.id)).where(
        col(table.workspace_id) == by.workspace_id, col(table.id).in_(set(ids))
    )
    known = set((await db.execute(query)).scalars())
    unknown = [str(i) for i in dict.fromkeys(ids) if i not in known]
    if unknown:
        message = f"There is no {what} with the id {', '.join(unknown)}. Nothing was saved."
        raise Rejected(Problem(f"{what}_unknown", message, f"{what}_ids"))


async def _check_channels(db: AsyncSession, by: Member, given: Given) -> None:
    if not given.channel_ids and not given.variants:
        return
    known = {c.id for c in await channels.of_workspace(db, by.workspace_id)}
    for ids, where in (
        (given.channel_ids or (), "channel_ids"),
        (given.variants or {}, "variants"),
    ):
        unknown = [str(i) for i in ids if i not in known]
        if unknown:
            message = f"There is no channel with the id {', '.join(unknown)}. Nothing was saved."
            raise Rejected(Problem("channel_unknown", message, where))
