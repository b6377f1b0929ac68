"""Becoming the owner, signing in and out: the cookie that browsers carry."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from socialapp.api.deps import Reads
from socialapp.api.door import Bounded, Words
from socialapp.api.errors import problems
from socialapp.clock import utc_now
from socialapp.domain.people import Member
from socialapp.services import members
from socialapp.store.session import database

router = APIRouter(prefix="/api", tags=["Signing in"], route_class=Bounded)
Short = Annotated[Words, Field(max_length=300)]
Password = Annotated[Words, Field(max_length=1000)]


class NewOwner(BaseModel):
    """The first visitor."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Anna",
                    "email": "anna@example.org",
                    "password": "correct horse battery",
                    "zone": "Europe/Berlin",
                }
            ]
        }
    )

    name: Short
    email: Short
    password: Password
    zone: Short = "UTC"
    workspace: Short = Field(default="", description="The workspace's name; else after its owner.")


class SignIn(BaseModel):
    """An e-mail address and a password."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "anna@example.org", "password": "correct horse battery"}]
        }
    )

    email: Short
    password: Password


class MemberOut(BaseModel):
    """Who is signed in, or whose key it is."""

    workspace_id: int
    workspace_name: str
    zone: str
    name: str
    email: str
    rights: list[str]

    @classmethod
    def of(cls, member: Member) -> "MemberOut":
        """Return what programs see of a member."""
        return cls(
            workspace_id=member.workspace_id,
            workspace_name=member.workspace_name,
            zone=member.zone,
            name=member.name,
            email=member.email,
            rights=sorted(member.rights),
        )


def set_cookie(request: Request, response: Response, secret: str) -> None:
    """Give the browser its cookie."""
    response.set_cookie(
        members.COOKIE,
        secret,
        max_age=int(members.SESSION_LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


@router.post("/owner", status_code=201, responses=problems(400, 409))
async def create_owner(new: NewOwner, request: Request, response: Response) -> MemberOut:
    """Make the first visitor the owner and sign them in; 409 when somebody was first."""
    now = utc_now()
    async with database().transaction() as db:
        member = await members.create_owner(
            db,
            name=new.name,
            email=new.email,
            password=new.password,
            zone=new.zone,
            workspace=new.workspace,
            now=now,
        )
        session = await members.open_session(
            db,
            member.person_id or 0,
            user_agent=request.headers.get("user-agent", ""),
            now=now,
        )
    set_cookie(request, response, session.secret)
    return MemberOut.of(member)


@router.post("/session", status_code=201, responses=problems(400, 401, 429))
async def sign_in(who: SignIn, request: Request, response: Response) -> MemberOut:
    """Sign in; the answer sets the cookie. The same 401 for an unknown address."""
    session = await members.sign_in(
        database(),
        email=who.email,
        password=who.password,
        address=request.client.host if request.client else "",
        user_agent=request.headers.get("user-agent", ""),
        now=utc_now(),
    )
    set_cookie(request, response, session.secret)
    return MemberOut.of(session.member)


@router.get("/session", responses=problems(401))
async def who_am_i(by: Reads) -> MemberOut:
    """Say who is asking: the person of the cookie, or the workspace of the key."""
    return MemberOut.of(by)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response) -> None:
    """Sign out; without a session nothing happens."""
    async with database().transaction() as db:
        await members.sign_out(db, request.cookies.get(members.COOKIE, ""))
    response.delete_cookie(members.COOKIE, path="/", httponly=True, samesite="lax")
