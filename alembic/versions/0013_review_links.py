"""links by which somebody without an account looks at posts, and comments"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "review_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("takes_advice", sa.Boolean(), nullable=False),
        sa.Column("created_by", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("secret_hash"),
    )
    op.create_index("ix_review_link_workspace_id", "review_link", ["workspace_id"])

    op.create_table(
        "review_link_post",
        sa.Column("link_id", BIG_ID, nullable=False),
        sa.Column("post_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["review_link.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint("link_id", "post_id"),
    )

    with op.batch_alter_table("post_comment") as comments:
        comments.add_column(sa.Column("link_id", BIG_ID, nullable=True))
        comments.create_foreign_key("post_comment_link_id_fkey", "review_link", ["link_id"], ["id"])
    op.create_index("ix_post_comment_link_id", "post_comment", ["link_id"])


def downgrade() -> None:
    op.drop_index("ix_post_comment_link_id", "post_comment")
    with op.batch_alter_table("post_comment") as comments:
        comments.drop_constraint("post_comment_link_id_fkey", type_="foreignkey")
        comments.drop_column("link_id")
    op.drop_table("review_link_post")
    op.drop_table("review_link")
