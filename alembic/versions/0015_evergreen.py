"""evergreen lists: posts that go round"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _instant(name: str, *, nullable: bool = True) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, BIG_ID, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "evergreen_list",
        _ref("id"),
        _ref("workspace_id"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("channel_ids", sa.JSON(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("per_week", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("rest_days", sa.Integer(), nullable=False),
        _instant("ends_at"),
        sa.Column("rounds", sa.Integer(), nullable=True),
        _instant("started_at"),
        _instant("paused_at"),
        sa.Column("stopped", sa.Text(), nullable=False),
        _instant("ended_at"),
        _instant("look_at"),
        sa.Column("trouble", sa.Text(), nullable=False),
        _ref("created_by", nullable=True),
        _instant("created_at", nullable=False),
        _instant("updated_at", nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("evergreen_list_by_workspace", "evergreen_list", ["workspace_id", "id"])
    op.create_index("evergreen_list_to_look_at", "evergreen_list", ["look_at"])
    op.create_table(
        "evergreen_entry",
        _ref("id"),
        _ref("workspace_id"),
        _ref("list_id"),
        sa.Column("at_most", sa.Integer(), nullable=True),
        _instant("until"),
        _instant("removed_at"),
        _instant("created_at", nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["evergreen_list.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evergreen_entry_list_id", "evergreen_entry", ["list_id"])
    op.create_table(
        "evergreen_wording",
        _ref("id"),
        _ref("workspace_id"),
        _ref("entry_id"),
        _ref("post_id"),
        _instant("removed_at"),
        sa.ForeignKeyConstraint(["entry_id"], ["evergreen_entry.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_evergreen_wording_entry_id", "evergreen_wording", ["entry_id"])
    op.create_table(
        "evergreen_turn",
        _ref("id"),
        _ref("workspace_id"),
        _ref("list_id"),
        _instant("nominal_at", nullable=False),
        _ref("entry_id", nullable=True),
        _ref("wording_id", nullable=True),
        _ref("post_id", nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["evergreen_entry.id"]),
        sa.ForeignKeyConstraint(["list_id"], ["evergreen_list.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.ForeignKeyConstraint(["wording_id"], ["evergreen_wording.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("list_id", "nominal_at"),
    )
    op.create_index("ix_evergreen_turn_entry_id", "evergreen_turn", ["entry_id"])
    op.create_index("ix_evergreen_turn_post_id", "evergreen_turn", ["post_id"])


def downgrade() -> None:
    for table in ("evergreen_turn", "evergreen_wording", "evergreen_entry", "evergreen_list"):
        op.drop_table(table)
