"""What proposes captions and descriptions to a workspace."""

from datetime import datetime

from sqlmodel import SQLModel

from socialapp.store.tables.columns import instant, now_column, text_column, workspace_ref


class ProposalEndpoint(SQLModel, table=True):
    """The endpoint that a workspace asks, and how often it did in the current minute."""

    __tablename__ = "proposal_endpoint"

    workspace_id: int = workspace_ref(primary_key=True)
    is_on: bool = False
    url: str = text_column()
    """Empty: none was saved yet, something was only tried."""
    model: str = ""
    sealed: str = text_column()
    """The key, sealed; empty without one."""
    sees_pictures: bool = False
    instruction: str = text_column()
    counted_from: datetime | None = instant(default=None)
    asked: int = 0
    """So often since `counted_from`."""
    updated_at: datetime = now_column()
