"""The workspace's rule for utm parameters."""

from socialapp.domain import utm
from socialapp.domain.errors import NotAllowed
from socialapp.domain.people import Member, Right
from socialapp.domain.utm import UtmRule
from socialapp.store import people
from socialapp.store.session import AsyncSession


async def get(db: AsyncSession, by: Member) -> UtmRule:
    """Return the rule; off when there is none."""
    return UtmRule.read((await people.workspace(db, by.workspace_id)).utm_rule)


async def change(db: AsyncSession, by: Member, rule: UtmRule) -> UtmRule:
    """Make this the rule, for what is frozen from now on; what waits unfrozen is among it."""
    if not by.may(Right.ADMIN):
        raise NotAllowed("Only an admin changes what is put into links. Nothing was changed.")
    kept = utm.checked(rule)
    workspace = await people.workspace(db, by.workspace_id)
    workspace.utm_rule = kept.as_data()
    db.add(workspace)
    await db.flush()
    return kept
