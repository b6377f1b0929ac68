"""when an item was in its feed for the last time"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("source_item") as item:
        item.add_column(sa.Column("last_in_feed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE source_item SET last_in_feed_at = seen_at")
    with op.batch_alter_table("source_item") as item:
        item.alter_column(
            "last_in_feed_at", existing_type=sa.DateTime(timezone=True), nullable=False
        )


def downgrade() -> None:
    with op.batch_alter_table("source_item") as item:
        item.drop_column("last_in_feed_at")
