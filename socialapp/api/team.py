"""The people of a workspace, invitations to it, and following one."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from socialapp.api import address
from socialapp.api.channel_views import AT, example
from socialapp.api.deps import ID_AT_MOST, Admins, Id, Reading, Reads, Transaction, identify
from socialapp.api.door import Bounded, Guarded
from socialapp.api.errors import problems
from socialapp.api.sessions import MemberOut, Password, Short, set_cookie
from socialapp.clock import utc_now
from socialapp.domain.errors import NotAllowed
from socialapp.domain.moments import iso
from socialapp.domain.people import Role
from socialapp.services import team
from socialapp.store.session import database
from socialapp.store.tables import Invitation, Membership, Person

router = APIRouter(prefix="/api", tags=["People"], route_class=Guarded)
way_in = APIRouter(prefix="/api", tags=["People"], route_class=Bounded)
JOIN = "/join/"
"""The page of an invitation. Its secret stands behind a #, which browsers send to nobody."""


class PersonOut(BaseModel):
    """Somebody who is in the workspace."""

    model_config = example(
        {"person_id": 7, "name": "Bob", "email": "bob@example.org", "role": "editor",
         "joined_at": AT}
    )  # fmt: skip

    person_id: int
    name: str
    email: str
    role: Role
    joined_at: str

    @classmethod
    def of(cls, membership: Membership, person: Person) -> "PersonOut":
        """Return what programs see of a member."""
        return cls(
            person_id=membership.person_id,
            name=person.name,
            email=person.email,
            role=Role(membership.role),
            joined_at=iso(membership.created_at),
        )


class PeopleOut(BaseModel):
    """All who are in the workspace."""

    items: list[PersonOut]


class RoleChange(BaseModel):
    """Another role."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"role": "approver"}]}
    )

    role: Role


class NewInvitation(BaseModel):
    """Who comes in by it gets this role."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "editor"}]})

    role: Role


class InvitationOut(BaseModel):
    """An invitation that can be followed once."""

    id: int
    role: Role
    created_at: str
    expires_at: str

    @classmethod
    def of(cls, made: Invitation) -> "InvitationOut":
        """Return what programs see of an invitation."""
        return cls(
            id=made.id or 0,
            role=Role(made.role),
            created_at=iso(made.created_at),
            expires_at=iso(made.expires_at),
        )


class Shown(BaseModel):
    """What is shown once and kept nowhere; empty in an answer that is given again."""

    url: str = Field(default="", description="The link to send to the person.")


class NewInvitationOut(InvitationOut):
    """A new invitation, with its link."""

    shown: Shown


class InvitationsOut(BaseModel):
    """All that can still be followed."""

    items: list[InvitationOut]


@router.get("/members", responses=problems(401, 403))
async def list_members(by: Admins, db: Reading) -> PeopleOut:
    """List the people of the workspace, who came first first."""
    found = await team.members_of(db, by)
    return PeopleOut(items=[PersonOut.of(*each) for each in found])


@router.patch("/members/{person_id}", responses=problems(400, 401, 403, 404, 409))
async def change_role(person_id: Id, change: RoleChange, by: Admins, db: Transaction) -> PersonOut:
    """Give a member another role. Owners and admins are made by owners only."""
    await team.change_role(db, by, person_id, change.role)
    await db.flush()
    for membership, person in await team.members_of(db, by):
        if membership.person_id == person_id:
            return PersonOut.of(membership, person)
    raise AssertionError("a member who was there a moment ago")


@router.delete("/members/{person_id}", status_code=204, responses=problems(400, 401, 403, 404, 409))
async def remove_member(person_id: Id, by: Admins, db: Transaction) -> None:
    """Remove a member: their browsers are out at once. 409 for the last owner."""
    await team.remove(db, by, person_id)


@router.get("/invitations", responses=problems(401, 403))
async def list_invitations(by: Admins, db: Reading) -> InvitationsOut:
    """List the invitations that can still be followed, newest first."""
    found = await team.invitations_of(db, by, now=utc_now())
    return InvitationsOut(items=[InvitationOut.of(each) for each in found])


@router.post("/invitations", status_code=201, responses=problems(400, 401, 403, 409))
async def invite(
    new: NewInvitation, by: Admins, db: Transaction, request: Request
) -> NewInvitationOut:
    """Make a link by which one person can join within seven days. It is shown this once."""
    made, secret = await team.invite(db, by, role=new.role, now=utc_now())
    link = f"{address.of(request)}{JOIN}#{secret}"
    return NewInvitationOut(**InvitationOut.of(made).model_dump(), shown=Shown(url=link))


@router.delete(
    "/invitations/{invitation_id}", status_code=204, responses=problems(400, 401, 403, 404)
)
async def revoke_invitation(invitation_id: Id, by: Admins, db: Transaction) -> None:
    """End an invitation, at once."""
    await team.revoke(db, by, invitation_id, now=utc_now())


class OfWorkspace(BaseModel):
    """Which workspace a browser shall be in."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"workspace_id": 12}]}
    )

    workspace_id: Annotated[StrictInt, Field(ge=1, le=ID_AT_MOST)]


@router.post("/session/workspace", responses=problems(400, 401, 403, 404))
async def switch_workspace(
    to: OfWorkspace, by: Reads, db: Transaction, request: Request
) -> MemberOut:
    """Turn to another workspace that one is in. Only for browsers: a key belongs to one."""
    there = await team.switch(db, by, to.workspace_id, session_id=_session_id(request))
    return MemberOut.of(there)


def _session_id(request: Request) -> int:
    session_id: int | None = getattr(request.state, "session_id", None)
    if session_id is None:
        raise NotAllowed("Only a browser that is signed in can do this.")
    return session_id


class Secret(BaseModel):
    """What stands behind the # of an invitation's link."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"secret": "kN3v…"}]})

    secret: Short


class InvitedOut(BaseModel):
    """Where an invitation leads."""

    model_config = example(
        {"workspace_name": "Bakery", "role": "editor", "invited_by": "Anna", "expires_at": AT,
         "signed_in_as": ""}
    )  # fmt: skip

    workspace_name: str
    role: Role
    invited_by: str
    expires_at: str
    signed_in_as: str = Field(description="The e-mail address of who asks; empty for nobody.")


class Joining(Secret):
    """An invitation's secret; name, e-mail and password of somebody who has no account."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "secret": "kN3v…",
                    "name": "Bob",
                    "email": "bob@example.org",
                    "password": "correct horse battery",
                }
            ]
        },
    )

    name: Short = ""
    email: Short = ""
    password: Password = ""


@way_in.post("/join/look", responses=problems(400, 404))
async def look_at_invitation(given: Secret, request: Request, db: Reading) -> InvitedOut:
    """Say where an invitation leads; it is not used by that."""
    invited = await team.look(db, given.secret, now=utc_now())
    by = await identify(request)
    return InvitedOut(
        workspace_name=invited.workspace_name,
        role=invited.role,
        invited_by=invited.invited_by,
        expires_at=iso(invited.expires_at),
        signed_in_as=by.email if by else "",
    )


@way_in.post("/join", status_code=201, responses=problems(400, 403, 404, 409))
async def join(given: Joining, request: Request, response: Response) -> MemberOut:
    """Follow an invitation: with the cookie of who is signed in, or with a new account."""
    by, now = await identify(request), utc_now()
    if by is not None:
        async with database().transaction() as db:
            return MemberOut.of(
                await team.join(db, by, given.secret, session_id=_session_id(request), now=now)
            )
    session = await team.join_as_new(
        database(),
        given.secret,
        name=given.name,
        email=given.email,
        password=given.password,
        user_agent=request.headers.get("user-agent", ""),
        now=now,
    )
    set_cookie(request, response, session.secret)
    return MemberOut.of(session.member)
