"""What is read and changed under Settings."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.approval import Rule
from socialapp.domain.checks import AltText
from socialapp.domain.errors import Problem, Rejected
from socialapp.domain.people import Member, Right
from socialapp.services import keys, members, sweep, zones
from socialapp.store import knobs, overview, people
from socialapp.store.session import database, reading, transaction
from socialapp.store.tables import ApiKey, BrowserSession
from socialapp.ui.browsers import browser_words
from socialapp.ui.components import notice
from socialapp.ui.feed import LiveState
from socialapp.ui.session import here, needs, signed_in

TABS = (
    "workspace",
    "profile",
    "sessions",
    "keys",
    "notifications",
    "calendar",
    "links",
    "proposals",
    "publishing",
)
SCOPES: dict[str, str] = {
    Right.READ: "Read posts, schedules and media",
    Right.WRITE: "Write posts and add media",
    Right.PUBLISH: "Schedule and publish",
    Right.ADMIN: "Change channels, settings and keys",
}
ALT_TEXT_RULES: dict[str, str] = {
    AltText.NONE: "Say nothing",
    AltText.WARN: "Remind the author",
    AltText.REQUIRE: "Do not schedule the post",
}


APPROVAL_RULES: dict[str, str] = {
    Rule.NONE: "Nobody has to approve it",
    Rule.ONE: "One owner, admin or approver approves it",
    Rule.ALL: "All approvers approve it",
}


class SessionView(TypedDict):
    """One browser that is signed in."""

    id: int
    key: str
    browser: str
    seen: str
    since: str
    is_this: bool


class KeyView(TypedDict):
    """One key; its secret is not kept."""

    id: int
    key: str
    name: str
    prefix: str
    scopes: str
    created: str
    used: str


class SettingsState(rx.State):
    """All tabs of the page."""

    tab: str = "workspace"
    is_loaded: bool = False
    name: str = ""
    zone: str = ""
    zone_asked: str = ""
    """Another zone that was asked for, and not said yes to."""
    zone_queued: int = 0
    zone_stays: list[str] = []
    zone_moves: list[str] = []
    _zone_form: dict[str, Any] = {}
    missed_after_minutes: str = "15"
    alt_text_rule: str = "warn"
    keeps_place: str = "no"
    approval_rule: str = "none"
    person: str = ""
    email: str = ""
    own_zone: str = ""
    sessions: list[SessionView] = []
    keys: list[KeyView] = []
    new_secret: str = ""
    revoking: int = 0
    revoking_name: str = ""
    sweep_seconds: str = ""
    workers: int = 0

    @needs(Right.READ)
    async def load(self) -> None:
        """Read everything again; a secret that was shown is gone."""
        asked = self.router.url.query_parameters.get("tab", "")
        self.tab = asked if asked in TABS else self.tab
        self.new_secret = ""
        await self._read()

    @needs(Right.READ)
    async def choose_tab(self, tab: str) -> None:
        """Show another part."""
        if tab in TABS:
            self.tab, self.new_secret = tab, ""

    @needs(Right.ADMIN)
    async def save_workspace(self, form: dict[str, Any]) -> list[EventSpec]:
        """Change the workspace; another zone is asked about first."""
        by = await signed_in(self)
        zone = str(form.get("workspace_zone", ""))
        if zone not in {by.zone, self.zone_asked}:
            await self._ask_zone(by, zone, form)
            return []
        self.zone_asked = ""
        async with transaction() as db:
            await members.update_workspace(
                db,
                by,
                name=str(form.get("workspace_name", "")),
                zone=zone,
                missed_after_minutes=_minutes(form.get("missed_after_minutes")),
                alt_text_rule=str(form.get("alt_text_rule") or AltText.WARN),
                approval_rule=str(form.get("approval_rule") or Rule.NONE),
                keeps_place=form.get("keeps_place") == "yes",
            )
        await self._read()
        return [notice.good("Saved."), LiveState.load()]

    async def _ask_zone(self, by: Member, zone: str, form: dict[str, Any]) -> None:
        async with reading() as db:
            said = await zones.foretell(db, by, zone, now=utc_now())
        self.zone_queued, self.zone_stays, self.zone_moves = (
            *(said.queued, list(said.stay)),
            list(said.move),
        )
        # As the select shows it: so that it changes back when the zone is kept.
        self.zone = self.zone_asked = zone
        self._zone_form = dict(form)

    @needs(Right.ADMIN)
    async def move_zone(self) -> list[EventSpec]:
        """Change the workspace as it was asked about."""
        if not self.zone_asked:
            return []
        return await type(self).event_handlers["save_workspace"].fn(self, dict(self._zone_form))

    @needs(Right.ADMIN)
    async def keep_zone(self) -> None:
        """Leave the zone, and all else of that form, as it was."""
        self.zone_asked, self._zone_form = "", {}
        await self._read()

    @needs(Right.READ)
    async def save_profile(self, form: dict[str, Any]) -> list[EventSpec]:
        """Change what one is called, and the zone of one's own."""
        by = await signed_in(self)
        async with transaction() as db:
            await members.change_person(
                db,
                by,
                name=str(form.get("person_name", "")),
                own_zone=str(form.get("own_zone", ""))[:64],
            )
        await self._read()
        return [notice.good("Saved."), LiveState.load()]

    @needs(Right.READ)
    async def change_password(self, form: dict[str, Any]) -> EventSpec:
        """Change the password; other browsers are signed out."""
        session = await here(self)
        by = await signed_in(self)
        await members.change_password(
            database(),
            by,
            old=str(form.get("old_password", "")),
            new=str(form.get("new_password", "")),
            keep_session=session.session_id if session else None,
        )
        await self._read()
        return notice.good("The password is changed. All other browsers are signed out.")

    @needs(Right.READ)
    async def end_session(self, session_id: int) -> EventSpec:
        """Sign one of one's own browsers out."""
        by = await signed_in(self)
        async with transaction() as db:
            await members.revoke_session(db, by, session_id)
        await self._read()
        return notice.good("That browser is signed out.")

    @needs(Right.ADMIN)
    async def create_key(self, form: dict[str, Any]) -> None:
        """Make a key and show its secret, once."""
        by = await signed_in(self)
        scopes = [scope for scope in SCOPES if form.get(f"scope_{scope}")]
        if not scopes:
            raise Rejected(Problem("scope_required", "Tick at least one thing the key may do."))
        async with transaction() as db:
            _, secret = await keys.create(
                db, by, name=str(form.get("key_name", "")), scopes=scopes, now=utc_now()
            )
        await self._read()
        self.new_secret = secret

    @needs(Right.ADMIN)
    async def forget_secret(self) -> None:
        """Take the new secret off the screen."""
        self.new_secret = ""

    @needs(Right.ADMIN)
    async def ask_revoke(self, key_id: int, name: str) -> None:
        """Ask before a key ends; 0 takes the question back."""
        self.revoking, self.revoking_name = key_id, name[:100]

    @needs(Right.ADMIN)
    async def revoke_key(self) -> EventSpec:
        """End the key that was asked about."""
        by, key_id = await signed_in(self), self.revoking
        self.revoking = 0
        async with transaction() as db:
            await keys.revoke(db, by, key_id, now=utc_now())
        await self._read()
        return notice.good("The key is revoked; programs that use it are refused from now on.")

    async def _read(self) -> None:
        session, now = await here(self), utc_now()
        by = await signed_in(self)
        async with reading() as db:
            workspace = await people.workspace(db, by.workspace_id)
            mine = await people.sessions_of(db, by.person_id or 0, now=now)
            made = await people.keys_of(db, by.workspace_id) if by.may(Right.ADMIN) else []
            every = await knobs.read(db, knobs.SWEEP_SECONDS)
            self.sweep_seconds = every or f"{knobs.default_sweep_seconds():g}"
            self.workers = await overview.workers_alive(db, now=now)
        self.name, self.zone = workspace.name, workspace.zone
        self.missed_after_minutes = str(workspace.missed_after_minutes)
        self.alt_text_rule = workspace.alt_text_rule
        self.approval_rule = workspace.approval_rule
        self.keeps_place = "yes" if workspace.keeps_place else "no"
        self.person, self.email, self.own_zone = by.name, by.email, by.own_zone
        this = session.session_id if session else 0
        self.sessions = [_session(s, this, by, now) for s in mine]
        self.keys = [_key(k, by, now) for k in made]
        self.is_loaded = True

    @needs(Right.ADMIN)
    async def save_publishing(self, form: dict[str, Any]) -> EventSpec:
        """Change how often the workers look for what is due."""
        by = await signed_in(self)
        async with transaction() as db:
            await sweep.set_interval(db, by, seconds=_seconds(form.get("sweep_seconds")))
        await self._read()
        return notice.good("Saved. The workers follow within a few seconds.")


def _seconds(given: Any) -> float:
    try:
        return float(str(given)[:20])
    except ValueError as error:
        message = "Give the seconds as a number. Nothing was saved."
        raise Rejected(Problem("not_a_number", message, "interval_s")) from error


def _minutes(given: Any) -> int:
    text = str(given).strip()
    if not text.isdecimal() or len(text) > 6:
        message = "Give the minutes as a whole number. Nothing was saved."
        raise Rejected(Problem("not_a_number", message, "missed_after_minutes"))
    return int(text)


def _session(session: BrowserSession, this: int, by: Member, now: Any) -> SessionView:
    return SessionView(
        id=session.id or 0,
        key=str(session.id),
        browser=browser_words(session.user_agent),
        seen=moments.distance(session.seen_at, now=now),
        since=moments.spoken(session.created_at, by.zone, now=now),
        is_this=session.id == this,
    )


def _key(key: ApiKey, by: Member, now: Any) -> KeyView:
    used = moments.distance(key.last_used_at, now=now) if key.last_used_at else "never"
    return KeyView(
        id=key.id or 0,
        key=str(key.id),
        name=key.name,
        prefix=key.prefix,
        scopes=", ".join(key.scopes),
        created=moments.spoken(key.created_at, by.zone, now=now),
        used=used,
    )
