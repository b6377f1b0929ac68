"""Who is in the workspace, and what an owner or admin does about it."""

from typing import Any, TypedDict

import reflex as rx
from reflex.event import EventSpec

from socialapp.clock import utc_now
from socialapp.domain import moments
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member, Right, Role
from socialapp.services import team
from socialapp.store.session import reading, transaction
from socialapp.ui import routes
from socialapp.ui.components import notice
from socialapp.ui.rows import letters
from socialapp.ui.session import needs, signed_in

ROLES: dict[str, tuple[str, str]] = {
    Role.OWNER: ("Owner", "everything, also who else is owner or admin"),
    Role.ADMIN: ("Admin", "everything but owners and admins"),
    Role.EDITOR: ("Editor", "writes, schedules and publishes"),
    Role.APPROVER: ("Approver", "looks at posts, schedules and approves them"),
    Role.VIEWER: ("Viewer", "looks"),
}
"""Each role's name, and what it may."""


class PersonView(TypedDict):
    """One member."""

    id: int
    key: str
    name: str
    email: str
    initials: str
    role: str
    role_words: str
    since: str
    is_me: bool
    can_change: bool


class InvitationView(TypedDict):
    """One invitation that can still be followed."""

    id: int
    key: str
    role_words: str
    expires: str


class PeopleState(rx.State):
    """The page."""

    is_loaded: bool = False
    is_allowed: bool = False
    people: list[PersonView] = []
    invitations: list[InvitationView] = []
    roles: list[dict[str, str]] = []
    """Those that may be given: `role`, `words`."""
    link: str = ""
    """Of the invitation just made; the browser knows what stands before it."""
    removing: int = 0
    removing_name: str = ""

    @needs(Right.READ)
    async def load(self) -> None:
        """Read everything again; a link that was shown is gone."""
        self.link = ""
        await self._read()

    @needs(Right.ADMIN)
    async def refresh(self) -> None:
        """Read the lists again."""
        await self._read()

    @needs(Right.ADMIN)
    async def invite(self, form: dict[str, Any]) -> None:
        """Make an invitation and show its link, once."""
        by = await signed_in(self)
        role = team.read_role(str(form.get("invited_role", "")))
        async with transaction() as db:
            _, secret = await team.invite(db, by, role=role, now=utc_now())
        await self._read()
        self.link = f"{routes.JOIN}#{secret}"

    @needs(Right.ADMIN)
    async def forget_link(self) -> None:
        """Take the link off the screen."""
        self.link = ""

    @needs(Right.ADMIN)
    async def revoke(self, invitation_id: int) -> EventSpec:
        """End an invitation."""
        by = await signed_in(self)
        async with transaction() as db:
            await team.revoke(db, by, invitation_id, now=utc_now())
        await self._read()
        return notice.good("The invitation is revoked; its link leads nowhere now.")

    @needs(Right.ADMIN)
    async def change_role(self, person_id: int, role: str) -> EventSpec:
        """Give a member another role."""
        by = await signed_in(self)
        try:
            async with transaction() as db:
                await team.change_role(db, by, person_id, team.read_role(role))
        finally:
            # Refused or not, the choice shows what is true.
            self.people = []
            await self._read()
        return notice.good("Saved. It holds at once.")

    @needs(Right.ADMIN)
    async def ask_remove(self, person_id: int, name: str) -> None:
        """Ask before somebody is removed; 0 takes the question back."""
        self.removing, self.removing_name = person_id, name[:100]

    @needs(Right.ADMIN)
    async def remove(self) -> EventSpec:
        """Remove who was asked about."""
        by, person_id = await signed_in(self), self.removing
        self.removing = 0
        async with transaction() as db:
            await team.remove(db, by, person_id)
        if person_id == by.person_id:
            spec: EventSpec = rx.redirect(routes.SIGN_IN)
            return spec
        await self._read()
        return notice.good("Removed. Their browsers are out already.")

    async def _read(self) -> None:
        by, now = await signed_in(self), utc_now()
        self.is_loaded, self.is_allowed = True, by.may(Right.ADMIN)
        try:
            async with reading() as db:
                found = await team.members_of(db, by)
                invited = await team.invitations_of(db, by, now=now)
        except NotAllowed:
            self.people, self.invitations = [], []
            return
        self.roles = [
            {"role": role, "words": f"{name}: {may}"}
            for role, (name, may) in ROLES.items()
            if by.may_manage(Role(role))
        ]
        owners = [person for place, person in found if place.role == Role.OWNER]
        self.people = [
            PersonView(
                id=person.id or 0,
                key=f"{person.id}-{place.role}",
                name=person.name,
                email=person.email,
                initials=letters(person.name),
                role=place.role,
                role_words=ROLES[place.role][0],
                since=moments.spoken(place.created_at, by.zone, now=now),
                is_me=person.id == by.person_id,
                can_change=by.may_manage(Role(place.role)) and owners != [person],
            )
            for place, person in found
        ]
        self.invitations = [_invitation(each, by, now) for each in invited]


def _invitation(made: Any, by: Member, now: Any) -> InvitationView:
    return InvitationView(
        id=made.id or 0,
        key=str(made.id),
        role_words=ROLES[made.role][0],
        expires=moments.spoken(made.expires_at, by.zone, now=now),
    )
