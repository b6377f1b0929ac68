"""what people did with what is out"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("delivery_id"),
    )
    op.create_index("result_asked", "result", ["asked_at"])
    op.create_index("result_by_channel", "result", ["channel_id", "posted_at"])
    op.create_index("result_by_time", "result", ["workspace_id", "posted_at", "delivery_id"])
    op.create_index("result_due", "result", ["due_at"])
    op.create_table(
        "result_reading",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("reading_by_delivery", "result_reading", ["delivery_id", "read_at"])
    op.create_index("reading_by_workspace", "result_reading", ["workspace_id", "read_at"])
    for name in ("likes", "reposts"):
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("sandbox_post", column)


def downgrade() -> None:
    op.drop_column("sandbox_post", "reposts")
    op.drop_column("sandbox_post", "likes")
    op.drop_table("result_reading")
    op.drop_table("result")
