"""comparisons: two wordings over comparable slots"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, BIG_ID, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "comparison",
        _ref("id"),
        _ref("workspace_id"),
        sa.Column("name", sa.String(), nullable=False),
        _ref("a_id"),
        _ref("b_id"),
        sa.Column("channel_ids", sa.JSON(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        _instant("ends_at", nullable=False),
        _instant("stopped_at"),
        _instant("ended_at"),
        sa.Column("finding", sa.JSON(), nullable=True),
        _instant("look_at"),
        _ref("created_by", nullable=True),
        _instant("created_at", nullable=False),
        _instant("updated_at", nullable=False),
        sa.ForeignKeyConstraint(["a_id"], ["post.id"]),
        sa.ForeignKeyConstraint(["b_id"], ["post.id"]),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("comparison_by_workspace", "comparison", ["workspace_id", "id"])
    op.create_index("comparison_to_look_at", "comparison", ["look_at"])
    op.create_table(
        "comparison_sending",
        _ref("id"),
        _ref("workspace_id"),
        _ref("comparison_id"),
        sa.Column("pair", sa.Integer(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        _ref("channel_id"),
        _instant("planned_at", nullable=False),
        _ref("post_id"),
        sa.Column("value", sa.Integer(), nullable=True),
        _instant("measured_at"),
        sa.Column("lost", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["comparison_id"], ["comparison.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("comparison_id", "pair", "wording"),
    )
    op.create_index("ix_comparison_sending_post_id", "comparison_sending", ["post_id"])


def downgrade() -> None:
    op.drop_table("comparison_sending")
    op.drop_table("comparison")
