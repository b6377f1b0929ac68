"""What the page of evergreen lists does about recycling: the rule of a list, and yes or no."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain.errors import ForPeople, Problem, Rejected
from socialapp.domain.people import Right
from socialapp.domain.recycling import Measure, Rule
from socialapp.services import evergreen, recycling
from socialapp.store import recycling as rows
from socialapp.store.session import reading, transaction
from socialapp.ui.components import notice
from socialapp.ui.evergreen.state import EvergreenState
from socialapp.ui.session import needs, signed_in


class RuleForm(TypedDict):
    """What the form of a rule begins with."""

    key: str
    name: str
    """Of the list."""
    address: str
    """Where it is asked what the rule finds."""
    is_kept: bool
    measure: str
    best_percent: str
    at_least: str
    from_days: str
    to_days: str
    per_week: str
    how: str
    """`ask` or `add`."""


def _form(list_id: int, name: str, rule: Rule, *, is_kept: bool) -> RuleForm:
    return RuleForm(
        key=f"{list_id}-{utc_now().timestamp()}",
        name=name,
        address=f"/api/evergreen/{list_id}/recycling/preview",
        is_kept=is_kept,
        measure=rule.measure,
        best_percent=str(rule.best_percent),
        at_least=str(rule.at_least),
        from_days=str(rule.from_days),
        to_days=str(rule.to_days),
        per_week=str(rule.per_week),
        how="ask" if rule.asks else "add",
    )


class RecyclingState(rx.State):
    """The rule that is being written."""

    list_id: int = 0
    """Of which list; 0: the dialog is closed."""
    form: RuleForm = _form(0, "", Rule(), is_kept=False)
    refusal: str = ""

    @needs(Right.PUBLISH)
    async def edit(self, list_id: int) -> None:
        """Open the form of the rule of a list."""
        by = await signed_in(self)
        async with reading() as db:
            found = await evergreen.get(db, by, list_id)
            kept = await rows.rule(db, by.workspace_id, list_id)
        rule = recycling.rule_of(kept) if kept else Rule()
        self.form = _form(list_id, found.name, rule, is_kept=kept is not None)
        self.list_id, self.refusal = list_id, ""

    @needs(Right.READ)
    async def close(self) -> None:
        """Close the form."""
        self.list_id, self.refusal = 0, ""

    @needs(Right.PUBLISH)
    async def save(self, form: dict[str, Any]) -> list[EventSpec] | None:
        """Keep the rule of the form, or say beside it why not."""
        by = await signed_in(self)
        try:
            now, rule = utc_now(), _rule(form)
            async with reading() as db:  # nobody waits while it looks
                finds = await recycling.preview(db, by, self.list_id, rule, now=now)
            async with transaction() as db:
                kept = await recycling.save(db, by, self.list_id, rule, finds, now=now)
        except ForPeople as no:
            self.refusal = no.detail
            return None
        self.list_id, self.refusal = 0, ""
        return [notice.good(f"The rule is saved. {kept.said}"), EvergreenState.load()]

    @needs(Right.PUBLISH)
    async def remove(self) -> list[EventSpec]:
        """Take the rule away."""
        by, list_id = await signed_in(self), self.list_id
        self.list_id, self.refusal = 0, ""
        async with transaction() as db:
            await recycling.remove(db, by, list_id, now=utc_now())
        said = "The rule is removed. What it added stays in the list."
        return [notice.good(said), EvergreenState.load()]

    @needs(Right.PUBLISH)
    async def accept(self, list_id: int, found_id: int) -> EventSpec:
        """Add what was proposed."""
        by = await signed_in(self)
        async with transaction() as db:
            await recycling.accept(db, by, list_id, found_id, now=utc_now())
        return EvergreenState.load()

    @needs(Right.PUBLISH)
    async def dismiss(self, list_id: int, found_id: int) -> list[EventSpec]:
        """Say no to what was proposed, for good."""
        by = await signed_in(self)
        async with transaction() as db:
            await recycling.dismiss(db, by, list_id, found_id, now=utc_now())
        said = "Dismissed. It is not proposed to this list again."
        return [notice.good(said), EvergreenState.load()]


def _rule(form: dict[str, Any]) -> Rule:
    try:
        measure = Measure(str(form.get("measure", "")))
    except ValueError:
        message = "Choose what is counted. Nothing was changed."
        raise Rejected(Problem("invalid", message, "measure")) from None
    return Rule(
        measure,
        _number(form, "best_percent"),
        _number(form, "at_least"),
        _number(form, "from_days"),
        _number(form, "to_days"),
        _number(form, "per_week"),
        asks=form.get("how") != "add",
    )


def _number(form: dict[str, Any], name: str) -> int:
    said = str(form.get(name) or "").strip()
    if not (said.isascii() and said.isdigit() and len(said) < 10):
        message = f"{said[:20]!r} is no whole number. Nothing was changed."
        raise Rejected(Problem("invalid", message, name))
    return int(said)
