"""Members, their roles, and who may do what."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    APPROVER = "approver"
    VIEWER = "viewer"


class Right(StrEnum):
    """What an action asks for; the scopes of API keys have the same names."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right),
    Role.EDITOR: frozenset({Right.READ, Right.WRITE, Right.PUBLISH}),
    Role.APPROVER: frozenset({Right.READ, Right.PUBLISH}),
    Role.VIEWER: frozenset({Right.READ}),
}


@dataclass(frozen=True)
class Member:
    """Someone acting in a workspace: a signed-in person, or a program with a key."""

    workspace_id: int
    zone: str
    rights: frozenset[Right]
    person_id: int | None = None
    name: str = ""
    email: str = ""
    workspace_name: str = ""
    key_id: int | None = None
    role: Role | None = None
    """None for a program."""

    def may(self, right: Right) -> bool:
        """Whether this member has `right`."""
        return right in self.rights

    def may_manage(self, role: Role) -> bool:
        """Whether this member may give `role`, take it away, or remove who has it.

        Only an owner makes owners and admins, or touches them; a program with a key does neither.
        """
        if not self.may(Right.ADMIN):
            return False
        return self.role is Role.OWNER or role not in {Role.OWNER, Role.ADMIN}
