"""What programs see of comparisons, and what they send."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from socialapp.api.channel_views import AT, example
from socialapp.api.door import Words
from socialapp.api.schedules import When, Zone
from socialapp.api.writing import AnyId, ChannelIds, Ids, Text
from socialapp.domain import comparing as rules
from socialapp.domain.comparing import Slot, Wording
from socialapp.domain.moments import iso
from socialapp.domain.paired import PAIRS_AT_MOST, Finding
from socialapp.services.comparing import Couple, Seen, Sent
from socialapp.services.comparisons import New, Plan

MeasureKey = Literal["likes", "reposts", "replies", "views"]
Age = Literal[1, 2, 3, 7, 14]


class WordingIn(BaseModel):
    """What a wording says: text with media, or the content of a post."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Fresh bread from six."}]}
    )

    text: Text = ""
    media_ids: Ids = []
    post_id: AnyId | None = Field(
        default=None, description="Instead: a copy of this post. The post itself stays as it is."
    )


class NewComparison(BaseModel):
    """What is compared, where, when and by what. None of it can be changed later."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "a": {"text": "Fresh bread from six."},
                    "b": {"text": "From six: bread, still warm."},
                    "starts_at": "2031-05-13T09:00",
                    "timezone": "Europe/Berlin",
                    "measure": "likes",
                    "pairs": 8,
                    "dry_run": True,
                }
            ]
        },
    )

    name: Annotated[Words, Field(max_length=100)] = Field(
        default="", description="Without it the first words of A."
    )
    a: WordingIn
    b: WordingIn
    channel_ids: ChannelIds = Field(
        default=[], description="They take turns, pair by pair; without any the default channel."
    )
    starts_at: When
    timezone: Zone | None = Field(default=None, description="Without it the workspace's.")
    measure: MeasureKey = Field(
        default="likes", description="What it goes by: chosen now, and by it alone."
    )
    pairs: Annotated[StrictInt, Field(ge=rules.PAIRS_FEWEST, le=PAIRS_AT_MOST)] = Field(
        default=rules.PAIRS_USUAL,
        description="Each takes two weeks of one channel. Of fewer than 7 nothing can be told.",
    )
    age_days: Age = Field(default=7, description="So old is each post when it is measured.")
    seed: Annotated[StrictInt, Field(ge=0, lt=rules.SEEDS)] | None = Field(
        default=None,
        description="Of a dry run: then its order is kept. Without it the order is drawn anew.",
    )
    dry_run: StrictBool = Field(
        default=False, description="Say what would go out and when; keep nothing."
    )


_SENDING = {
    "wording": "b", "planned_at": AT, "post_id": 12, "schedule_id": 21, "status": "posted",
    "url": "https://example.org/@shop/1", "value": 14, "lost": "",
}  # fmt: skip


class SendingOut(BaseModel):
    """One post of a pair."""

    model_config = example(_SENDING)

    wording: Literal["a", "b"]
    planned_at: str
    post_id: int | None = Field(description="Null in a dry run.")
    schedule_id: int | None
    status: str = Field(description="`planned` in a dry run; else as of a schedule.")
    url: str
    value: int | None = Field(description="What it came to at that age; null: not known.")
    lost: str = Field(description="Why its pair does not count; empty when it may.")

    @classmethod
    def of(cls, sent: Sent) -> "SendingOut":
        """Return it as programs see it."""
        return cls(**vars(sent) | {"planned_at": iso(sent.planned_at)})

    @classmethod
    def planned(cls, slot: Slot) -> "SendingOut":
        """Return what would be planned."""
        return cls(
            wording=slot.wording.value,
            planned_at=iso(slot.at.at),
            post_id=None,
            schedule_id=None,
            status="planned",
            url="",
            value=None,
            lost="",
        )


class PairOut(BaseModel):
    """Two posts in comparable slots; the one that goes out first first."""

    number: int
    channel_id: int
    is_complete: bool = Field(description="Both are measured: it counts.")
    first: SendingOut
    second: SendingOut

    @classmethod
    def of(cls, couple: Couple) -> "PairOut":
        """Return it as programs see it."""
        return cls(
            number=couple.number,
            channel_id=couple.channel_id,
            is_complete=couple.is_complete,
            first=SendingOut.of(couple.first),
            second=SendingOut.of(couple.second),
        )


class FindingOut(BaseModel):
    """What the complete pairs say of A against B, when it has ended by itself."""

    pairs: int
    scale: Literal["ratio", "difference"] = Field(
        description="`ratio`: so many times what B got; `difference`: so many more for each post,"
        " where the smaller counts of the pairs are below 5 on average, or half of them are none."
    )
    estimate: float
    low: float | None = Field(description="The 95 % interval; null: too few pairs.")
    high: float | None
    is_told: bool = Field(description="The interval leaves out that there is no difference.")

    @classmethod
    def of(cls, found: Finding) -> "FindingOut":
        """Return it as programs see it."""
        return cls(**vars(found), is_told=found.is_told)


_FINDING = {"pairs": 8, "scale": "ratio", "estimate": 1.4, "low": 1.1, "high": 1.9, "is_told": True}


class ComparisonOut(BaseModel):
    """Two wordings over comparable slots."""

    model_config = example(
        {"id": 3, "name": "Bread", "status": "ended", "a": "Fresh bread from six.",
         "b": "From six: bread, still warm.", "channel_ids": [1], "measure": "likes",
         "age_days": 7, "pairs": 8, "seed": 1921, "timezone": "Europe/Berlin", "ends_at": AT,
         "measured": 8, "lost": 0, "finding": _FINDING, "warnings": [],
         "statement":
         "A got 1.4 times the likes of B (95 % interval 1.1 to 1.9; 8 pairs).",
         "items": [{"number": 1, "channel_id": 1, "is_complete": True, "first": _SENDING,
                    "second": _SENDING | {"wording": "a", "value": 19}}],
         "created_at": AT}
    )  # fmt: skip

    id: int | None = Field(description="Null in a dry run.")
    name: str
    status: Literal["planned", "running", "ended", "stopped"]
    a: str
    b: str
    channel_ids: list[int]
    measure: str
    age_days: int
    pairs: int
    seed: int = Field(description="From which the order of each pair was drawn.")
    timezone: str
    ends_at: str = Field(description="When the last post has its age.")
    measured: int
    lost: int = Field(description="Pairs that will never count.")
    finding: FindingOut | None = Field(description="Null until it has ended by itself.")
    statement: str
    warnings: list[str] = Field(description="What speaks against it, said when it is planned.")
    items: list[PairOut]
    created_at: str | None

    @classmethod
    def of(cls, seen: Seen, warnings: list[str] | None = None) -> "ComparisonOut":
        """Return it as programs see it."""
        found = seen.found
        return cls(
            id=found.id,
            name=found.name,
            status=seen.stage.value,
            a=seen.texts[Wording.A],
            b=seen.texts[Wording.B],
            channel_ids=found.channel_ids,
            measure=found.measure,
            age_days=found.age_days,
            pairs=found.pairs,
            seed=found.seed,
            timezone=found.timezone,
            ends_at=iso(found.ends_at),
            measured=seen.measured,
            lost=seen.lost,
            finding=FindingOut.of(seen.finding) if seen.finding else None,
            statement=seen.statement,
            warnings=warnings or [],
            items=[PairOut.of(couple) for couple in seen.pairs],
            created_at=iso(found.created_at),
        )

    @classmethod
    def planned(cls, new: New, plan: Plan) -> "ComparisonOut":
        """Return what would be planned."""
        by_pair: dict[int, list[Slot]] = {}
        for slot in plan.slots:
            by_pair.setdefault(slot.pair, []).append(slot)
        return cls(
            id=None,
            name=plan.name,
            status="planned",
            a=plan.texts[Wording.A],
            b=plan.texts[Wording.B],
            channel_ids=list(plan.channels),
            measure=new.measure,
            age_days=new.age_days,
            pairs=new.pairs,
            seed=plan.seed,
            timezone=new.starts.zone,
            ends_at=iso(plan.ends_at),
            measured=0,
            lost=0,
            finding=None,
            statement="Nothing is planned yet.",
            warnings=list(plan.warnings),
            items=[
                PairOut(
                    number=number,
                    channel_id=one.channel_id,
                    is_complete=False,
                    first=SendingOut.planned(one),
                    second=SendingOut.planned(other),
                )
                for number, (one, other) in sorted(by_pair.items())
            ],
            created_at=None,
        )


class ComparisonPage(BaseModel):
    """Some comparisons, the newest first."""

    items: list[ComparisonOut]
    next_cursor: str | None
    total: int | None


CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


def filename(at: datetime, comparison_id: int) -> dict[str, str]:
    """Return the headers under whose name a browser saves the table."""
    name = f"comparison-{comparison_id}-{at:%Y-%m-%d}.csv"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
