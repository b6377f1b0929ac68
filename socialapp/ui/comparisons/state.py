"""What the page of comparisons does: plan, start, look, stop."""

from datetime import timedelta
from typing import Any, TypedDict

import reflex as rx

from socialapp import providers
from socialapp.clock import utc_now
from socialapp.domain import comparing as rules
from socialapp.domain import moments
from socialapp.domain.comparing import MEASURES
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import comparing, comparisons
from socialapp.services.comparisons import New
from socialapp.services.evergreen_entries import Content
from socialapp.store import channels, posts
from socialapp.store import comparisons as rows
from socialapp.store.session import reading, transaction
from socialapp.ui.comparisons.views import (
    ComparisonRow,
    PlanRow,
    comparison_row,
    no_plan,
    plan_row,
)
from socialapp.ui.paging import SIZE, Paged, Steps
from socialapp.ui.rows import heading
from socialapp.ui.session import needs, signed_in


class Choice(TypedDict):
    """One option."""

    value: str
    label: str
    is_on: bool


def nothing() -> dict[str, str]:
    """Return what the form begins with."""
    return {
        "key": "", "name": "", "a": "", "b": "", "a_post": "", "b_post": "", "starts": "",
        "measure": "likes", "pairs": str(rules.PAIRS_USUAL), "age_days": str(rules.AGE_DAYS),
    }  # fmt: skip


class ComparisonsState(Paged, rx.State):
    """The list, and the comparison that is being planned."""

    rows: list[ComparisonRow] = []
    is_writing: bool = False
    """The form is open."""
    form: dict[str, str] = nothing()
    channels: list[Choice] = []
    posts: list[Choice] = []
    measures: list[Choice] = []
    zone: str = ""
    is_planned: bool = False
    """The plan is looked at; nothing is kept yet."""
    plan: PlanRow = no_plan()
    stopping: int = 0
    refusal: str = ""
    """Why it was not done, beside the form."""
    _seed: int = 0

    @needs(Right.READ)
    async def open(self) -> None:
        """Read the list; with a post in the address, begin with that as wording A."""
        by = await signed_in(self)
        self.is_writing = self.is_planned = False
        await self._read(by)
        asked = str(self.router.url.query_parameters.get("post", ""))
        if by.may(Right.PUBLISH) and asked.isdecimal() and asked.isascii() and len(asked) < 18:
            await self._begin(by, int(asked))

    @needs(Right.READ)
    async def close(self) -> None:
        """Close every dialog."""
        self.is_writing, self.is_planned, self.stopping, self.refusal = False, False, 0, ""

    @needs(Right.PUBLISH)
    async def begin(self) -> None:
        """Open the form of a new one."""
        await self._begin(await signed_in(self), 0)

    async def _begin(self, by: Member, post_id: int) -> None:
        async with reading() as db:
            there = await channels.of_workspace(db, by.workspace_id)
            page = await posts.page(db, by.workspace_id, limit=50)
            mine = await posts.by_id(db, by.workspace_id, [post_id] if post_id else [])
        source = next((post for post in mine.values() if not post.is_aside), None)
        to = (source and source.channel_ids) or [c.id or 0 for c in there if c.is_default]
        measured = [c for c in there if providers.metrics(c.provider)]
        self.channels = [Choice(value=str(c.id), label=c.name, is_on=c.id in to) for c in measured]
        told = {m.key for c in measured for m in providers.metrics(c.provider)}
        self.measures = [
            Choice(value=m.key, label=m.many.capitalize(), is_on=False)
            for m in MEASURES.values()
            if m.of(told)
        ]
        listed = {post.id: post for post in [*([source] if source else []), *page.items]}
        self.posts = [
            Choice(value=str(post.id), label=heading(post)[:70], is_on=False)
            for post in listed.values()
            if heading(post)
        ]
        start = moments.in_zone(utc_now() + timedelta(days=1), by.zone)
        self.form = nothing() | {
            "key": str(utc_now().timestamp()),
            "starts": f"{start:%Y-%m-%d}T09:00",
            "a_post": str(source.id) if source else "",
        }
        self.zone, self.plan = by.zone, no_plan()
        self.is_writing, self.is_planned, self.refusal = True, False, ""

    @needs(Right.PUBLISH)
    async def look(self, form: dict[str, Any]) -> None:
        """Show what would go out and when; nothing is kept."""
        by, now = await signed_in(self), utc_now()
        self._note(form)
        try:
            async with transaction() as db:
                new = self._new(by)
                plan = await comparisons.plan(db, by, new, now=now)
        except ForPeople as no:
            self.refusal = no.detail
            return
        self._seed, self.plan = plan.seed, plan_row(plan, new, now=now)
        self.is_writing, self.is_planned, self.refusal = False, True, ""

    def _note(self, form: dict[str, Any]) -> None:
        """Keep what was written, for when somebody comes back from the plan."""
        said = {key: str(form.get(key, ""))[:200_000] for key in nothing() if key != "key"}
        self.form = said | {"key": str(utc_now().timestamp())}
        self.channels = [
            Choice(value=c["value"], label=c["label"], is_on=bool(form.get(f"to-{c['value']}")))
            for c in self.channels
        ]

    def _new(self, by: Member) -> New:
        said = self.form
        to = tuple(int(c["value"]) for c in self.channels if c["is_on"])
        if not to:
            raise Rejected(Problem("channel_required", "Choose a channel.", "channel_ids"))
        a = _content(said["a"], said["a_post"], like=said["b_post"])
        b = _content(said["b"], said["b_post"], like=said["a_post"])
        return New(
            name=said["name"][:200],
            a=a,
            b=b,
            channel_ids=to,
            starts=moments.read(said["starts"][:64], zone=by.zone),
            measure=said["measure"],
            pairs=_number(said["pairs"]),
            age_days=_number(said["age_days"]),
        )

    @needs(Right.PUBLISH)
    async def back(self) -> None:
        """Go back from the plan to what was written."""
        self.is_writing, self.is_planned, self.refusal = True, False, ""

    @needs(Right.PUBLISH)
    async def start(self) -> None:
        """Plan everything as it was shown."""
        by = await signed_in(self)
        if not self.is_planned:
            return
        try:
            async with transaction() as db:
                new = self._new(by)
                await comparisons.create(db, by, new, seed=self._seed, now=utc_now())
        except ForPeople as no:
            self.refusal = no.detail
            return
        self.is_planned, self.refusal, self._steps = False, "", Steps()
        await self._read(by)

    @needs(Right.PUBLISH)
    async def ask_stop(self, comparison_id: int) -> None:
        """Ask before one is stopped."""
        self.stopping = comparison_id

    @needs(Right.PUBLISH)
    async def stop(self) -> None:
        """Stop the one that was asked about."""
        by, comparison_id = await signed_in(self), self.stopping
        self.stopping = 0
        async with transaction() as db:
            await comparisons.stop(db, by, comparison_id, now=utc_now())
        await self._read(by)

    async def _fetch(self, by: Member) -> None:
        now = utc_now()
        async with reading() as db:
            page = await rows.page(db, by.workspace_id, limit=SIZE, cursor=self._steps.cursor)
            seen = await comparing.seen(db, page.items)
            used = {i for each in page.items for i in each.channel_ids}
            names = await channels.by_id(db, by.workspace_id, used)
        self.rows = [comparison_row(each, names, now=now) for each in seen]
        self._arrived(page)


def _content(text: str, post: str, *, like: str) -> Content:
    """Return a wording: a copy of a post, or text; where the other copies one, in a copy of it.

    So the two differ in nothing but their text.
    """
    if post and text.strip():
        message = "Write a wording, or copy a post, not both. Nothing was planned."
        raise Rejected(Problem("one_of_two", message, ""))
    if post:
        return Content(post_id=_number(post))
    if like and text.strip():
        return Content(text, post_id=_number(like))
    return Content(text)


def _number(words: str) -> int:
    said = words.strip()
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise Rejected(Problem("invalid", f"{said[:20]!r} is no number.", ""))
    return int(said)
