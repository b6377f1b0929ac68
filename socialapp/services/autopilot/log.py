"""The log that people read: each choice, and why."""

import logging

from socialapp.store.session import AsyncSession, aftermath
from socialapp.store.tables import AutopilotNote

_log = logging.getLogger(__name__)


def note(
    db: AsyncSession, workspace_id: int, words: str, *, persona: str = "", is_warning: bool = False
) -> None:
    """Write a line of the log that people read."""
    db.add(
        AutopilotNote(
            workspace_id=workspace_id, persona=persona, words=words, is_warning=is_warning
        )
    )
    aftermath(db).workspaces.add(workspace_id)
    if is_warning:
        _log.warning("Autopilot, workspace %s, %s: %s", workspace_id, persona, words)
