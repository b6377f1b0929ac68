"""What the page shows of a comparison: finished words in its zone, never a table's row."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from socialapp.domain import moments
from socialapp.domain.comparing import MEASURES, Stage, Wording
from socialapp.domain.delivery import Shown
from socialapp.domain.paired import PAIRS_AT_LEAST, Scale
from socialapp.services.comparing import Couple, Seen, Sent
from socialapp.services.comparisons import New, Plan
from socialapp.store.tables import Channel
from socialapp.ui import routes

STAGES = {Stage.RUNNING: "Running", Stage.ENDED: "Ended", Stage.STOPPED: "Stopped"}


class SentRow(TypedDict):
    """One post of a pair."""

    when: str
    at: str
    address: str
    """Where its schedule is looked at."""
    value: str
    """Empty: it is not known."""
    status: str
    lost: str


class PairRow(TypedDict):
    """A pair."""

    key: str
    channel: str
    first: str
    """Which of the two goes out first."""
    a: SentRow
    b: SentRow
    is_lost: bool


class ComparisonRow(TypedDict):
    """One comparison."""

    id: int
    key: str
    name: str
    stage: str
    stage_words: str
    may_be_stopped: bool
    statement: str
    a: str
    b: str
    words: str
    rests: list[str]
    """What the statement rests on, sentence by sentence."""
    pairs: list[PairRow]
    table: str
    """Where the pairs are a CSV file."""


class SlotRow(TypedDict):
    """One post that would be planned."""

    key: str
    when: str
    at: str
    wording: str
    channel: str
    pair: str


class PlanRow(TypedDict):
    """What would be planned."""

    name: str
    a: str
    b: str
    fits: list[str]
    warnings: list[str]
    words: str
    zone: str
    slots: list[SlotRow]


def no_plan() -> PlanRow:
    """Return that of nothing."""
    return PlanRow(name="", a="", b="", fits=[], warnings=[], words="", zone="", slots=[])


def comparison_row(seen: Seen, names: Mapping[int, Channel], *, now: datetime) -> ComparisonRow:
    """Build the row of a comparison."""
    found = seen.found
    used = [names[i].name for i in found.channel_ids if i in names]
    ends = moments.spoken(found.ends_at, found.timezone, now=now)
    until = f"until {ends}" if seen.stage is Stage.RUNNING else f"times in {found.timezone}"
    return ComparisonRow(
        id=found.id or 0,
        key=str(found.id),
        name=found.name,
        stage=seen.stage,
        stage_words=STAGES[seen.stage],
        may_be_stopped=seen.may_be_stopped,
        statement=seen.statement,
        a=seen.texts[Wording.A] or "A post without text",
        b=seen.texts[Wording.B] or "A post without text",
        words=f"{MEASURES[found.measure].many.capitalize()} after {_days(found.age_days)}"
        f" · {found.pairs} pairs · {', '.join(used)} · {until}",
        rests=_rests(seen),
        pairs=[_pair(each, names, found.timezone, now=now) for each in seen.pairs],
        table=f"/api/comparisons/{found.id}/pairs.csv",
    )


def _rests(seen: Seen) -> list[str]:
    found, measure = seen.found, MEASURES[seen.found.measure]
    said = [
        "A pair is one channel at one weekday and time, in two weeks that follow each other."
        f" Which wording came first was drawn, as often A as B (seed {found.seed}).",
        f"What counts was chosen before it started: {measure.many} at the age of"
        f" {_days(found.age_days)}, and nothing else.",
        f"{seen.measured} of {found.pairs} pairs are complete"
        + (f", {seen.lost} will not count." if seen.lost else "."),
    ]
    if seen.waits and all(each.is_complete or each.is_lost for each in seen.pairs):
        said.append(
            "Something of it still waits to go out, after its slot. Stop it to take that back."
        )
    if seen.stage is Stage.RUNNING:
        said.append("Who judges while it runs finds a difference by chance sooner or later.")
    if seen.stage is Stage.ENDED:
        said.append(
            "The interval comes from all orders that could have been drawn: were both wordings"
            " the same, it would claim a difference in at most 5 of 100 comparisons."
            f" It takes {PAIRS_AT_LEAST} pairs."
        )
    if seen.finding and seen.finding.scale == Scale.DIFFERENCE:
        said.append(
            "The counts are too small for a ratio, so the difference is told, not how many times."
        )
    return said


def _pair(couple: Couple, names: Mapping[int, Channel], zone: str, *, now: datetime) -> PairRow:
    there = names.get(couple.channel_id)
    return PairRow(
        key=str(couple.number),
        channel=there.name if there else "A channel that is gone",
        first=couple.first.wording.upper(),
        a=_sent(couple.of(Wording.A), zone, now=now),
        b=_sent(couple.of(Wording.B), zone, now=now),
        is_lost=couple.is_lost,
    )


def _sent(sent: Sent, zone: str, *, now: datetime) -> SentRow:
    return SentRow(
        when=_when(sent.planned_at, zone, now=now),
        at=moments.iso(sent.planned_at),
        address=routes.schedule(sent.schedule_id) if sent.schedule_id else "",
        value="" if sent.value is None else f"{sent.value:,}",
        status=sent.status or Shown.CANCELLED,
        lost=sent.lost,
    )


def plan_row(plan: Plan, new: New, *, now: datetime) -> PlanRow:
    """Build what is seen before it starts."""
    zone = new.starts.zone
    return PlanRow(
        name=plan.name,
        a=plan.texts[Wording.A] or "A post without text",
        b=plan.texts[Wording.B] or "A post without text",
        fits=[
            f"{fit.wording.upper()} in {fit.channel}: {fit.count:,}"
            + (f" of {fit.limit:,}" if fit.limit else "")
            for fit in plan.fits
        ],
        warnings=list(plan.warnings),
        words=f"{len(plan.slots)} posts, {new.pairs} pairs."
        f" {MEASURES[new.measure].many.capitalize()} count, {_days(new.age_days)} after each post."
        f" It ends on {moments.spoken(plan.ends_at, zone, now=now)}.",
        zone=zone,
        slots=[
            SlotRow(
                key=f"{slot.pair}{slot.wording}",
                when=_when(slot.at.at, zone, now=now),
                at=moments.iso(slot.at.at),
                wording=slot.wording.upper(),
                channel=plan.channels[slot.channel_id].name,
                pair=f"Pair {slot.pair}",
            )
            for slot in plan.slots
        ],
    )


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _when(at: datetime, zone: str, *, now: datetime) -> str:
    return moments.spoken(at, zone, now=now).removesuffix(f" {zone}")
