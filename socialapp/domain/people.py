"""Members, their roles, and who may do what."""

from collections.abc import Iterable
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
    """What an action asks for; the scopes of keys have the names of some."""

    READ = "read"
    WRITE = "write"
    PUBLISH = "publish"
    ADMIN = "admin"
    APPROVE = "approve"
    """No scope of a key: one that may publish may approve."""


SCOPES = (Right.READ, Right.WRITE, Right.PUBLISH, Right.ADMIN)
"""What a key may carry."""


def rights_of(scopes: Iterable[str]) -> frozenset[Right]:
    """Return what a key with these scopes may do."""
    given = {Right(scope) for scope in scopes}
    return frozenset(given | ({Right.APPROVE} if Right.PUBLISH in given else set()))


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right),
    Role.EDITOR: frozenset({Right.READ, Right.WRITE, Right.PUBLISH}),
    Role.APPROVER: frozenset({Right.READ, Right.PUBLISH, Right.APPROVE}),
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
    own_zone: str = ""
    """In which the person is shown times too; empty: the workspace's alone."""

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
