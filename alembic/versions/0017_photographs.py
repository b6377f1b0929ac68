"""photographs: scores by hand, origins, personas by tags"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("photo", sa.Column("own_score", sa.Float(), nullable=True))
    op.add_column("persona", sa.Column("tags", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "persona", sa.Column("is_stopped", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("persona", sa.Column("ran_dry_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "workspace",
        sa.Column("keeps_place", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    with op.batch_alter_table("photo_posting", schema=None) as batch_op:
        batch_op.alter_column("persona_id", existing_type=BIG_ID, nullable=True)
    op.create_table(
        "media_origin",
        sa.Column("media_id", BIG_ID, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("camera", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["media_id"], ["media_asset.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("media_id"),
    )
    op.create_table(
        "taken_file",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("media_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "sha256"),
    )
    op.create_table(
        "picture_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("created_by", BIG_ID, nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("picture_link_by_workspace", "picture_link", ["workspace_id", "id"])


def downgrade() -> None:
    op.drop_table("picture_link")
    op.drop_table("taken_file")
    op.drop_table("media_origin")
    op.execute("DELETE FROM photo_posting WHERE persona_id IS NULL")
    with op.batch_alter_table("photo_posting", schema=None) as batch_op:
        batch_op.alter_column("persona_id", existing_type=BIG_ID, nullable=False)
    op.drop_column("workspace", "keeps_place")
    op.drop_column("persona", "ran_dry_at")
    op.drop_column("persona", "is_stopped")
    op.drop_column("persona", "tags")
    op.drop_column("photo", "own_score")
