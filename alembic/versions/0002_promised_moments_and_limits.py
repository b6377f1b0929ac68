"""the promised moment of a delivery, what networks allow, what troubles a worker"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rate_limit",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=True),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.add_column("worker_beat", sa.Column("trouble", sa.Text(), server_default="", nullable=False))
    # With a default, because SQLite would otherwise have to make the table anew, and the attempts
    # refer to it.
    op.add_column(
        "delivery",
        sa.Column(
            "planned_at",
            sa.DateTime(timezone=True),
            server_default="1970-01-01 00:00:00",
            nullable=False,
        ),
    )
    op.execute("UPDATE delivery SET planned_at = due_at")
    op.execute("UPDATE delivery SET intent = NULL WHERE CAST(intent AS TEXT) = 'null'")


def downgrade() -> None:
    op.drop_column("delivery", "planned_at")
    op.drop_column("worker_beat", "trouble")
    op.drop_table("rate_limit")
