"""channels, variants, threads, pages"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite gives out ids by itself only for a column of type INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


NEW_COLUMNS = (
    ("channel", "remote_id", sa.String, ""),
    ("channel", "url", sa.Text, ""),
    ("channel", "known", sa.JSON, "{}"),
    ("channel", "options", sa.JSON, "{}"),
    ("channel", "trouble", sa.Text, ""),
    ("delivery", "progress", sa.JSON, "[]"),
    ("post", "kind", sa.Text, "post"),
    ("post", "title", sa.Text, ""),
    ("post", "parts", sa.JSON, "[]"),
    ("post", "options", sa.JSON, "{}"),
    ("post", "variants", sa.JSON, "{}"),
    ("publish_log", "part", sa.Integer, "0"),
    ("sandbox_post", "kind", sa.String, "post"),
    ("sandbox_post", "title", sa.Text, ""),
    ("sandbox_post", "options", sa.JSON, "{}"),
    ("sandbox_post", "attachments", sa.JSON, "[]"),
)


def upgrade() -> None:
    op.create_table(
        "network_app",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "address"),
    )
    op.create_table(
        "attachment_asset",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("mime_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("created_by", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attachment_by_time", "attachment_asset", ["workspace_id", "id"])

    op.create_table(
        "channel_secret",
        sa.Column("channel_id", BIG_ID, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refreshing_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
        ),
        sa.PrimaryKeyConstraint("channel_id"),
    )
    op.create_table(
        "connecting",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=True),
        sa.Column("channel_id", BIG_ID, nullable=True),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspace.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state_hash"),
    )
    op.create_index("ix_connecting_expires_at", "connecting", ["expires_at"])

    op.create_table(
        "post_attachment",
        sa.Column("post_id", BIG_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attachment_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment_asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["post.id"],
        ),
        sa.PrimaryKeyConstraint("post_id", "position"),
    )
    op.create_index("ix_post_attachment_attachment_id", "post_attachment", ["attachment_id"])

    # With defaults, because SQLite would otherwise have to make the tables anew.
    for table, name, kind, default in NEW_COLUMNS:
        op.add_column(table, sa.Column(name, kind(), server_default=default, nullable=False))
    op.add_column("channel", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("media_asset", sa.Column("focus_x", sa.Float(), nullable=True))
    op.add_column("media_asset", sa.Column("focus_y", sa.Float(), nullable=True))
    op.add_column("sandbox_post", sa.Column("reply_to", sa.BigInteger(), nullable=True))
    for name, columns in (("post_by_status", ["status", "id"]), ("post_by_time", ["id"])):
        op.drop_index(name, "post")
        op.create_index(name, "post", ["workspace_id", "kind", *columns])
    _give_media_places()


def _give_media_places() -> None:
    place = sa.Column("place", sa.String(), nullable=False)
    _make_post_media([place], ["post_id", "place", "position"])
    op.execute(
        "INSERT INTO post_media_anew (post_id, place, position, media_id)"
        " SELECT post_id, '', position, media_id FROM post_media"
    )
    _replace_post_media()


def _make_post_media(more: list[sa.Column], key: list[str]) -> None:
    """Make the table beside itself: the columns of its key change."""
    op.create_table(
        "post_media_anew",
        sa.Column("post_id", BIG_ID, nullable=False),
        *more,
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media_asset.id"]),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"]),
        sa.PrimaryKeyConstraint(*key),
    )


def _replace_post_media() -> None:
    op.drop_table("post_media")
    op.rename_table("post_media_anew", "post_media")
    op.create_index("ix_post_media_media_id", "post_media", ["media_id"])


def downgrade() -> None:
    """Variants, threads and attachments are lost; pages become posts."""
    _make_post_media([], ["post_id", "position"])
    op.execute(
        "INSERT INTO post_media_anew (post_id, position, media_id)"
        " SELECT post_id, position, media_id FROM post_media WHERE place = ''"
    )
    _replace_post_media()
    for name, columns in (("post_by_status", ["status", "id"]), ("post_by_time", ["id"])):
        op.drop_index(name, "post")
        op.create_index(name, "post", ["workspace_id", *columns])
    for table, name, _, _ in NEW_COLUMNS:
        op.drop_column(table, name)
    for table, name in (
        ("channel", "known_at"),
        ("media_asset", "focus_x"),
        ("media_asset", "focus_y"),
        ("sandbox_post", "reply_to"),
    ):
        op.drop_column(table, name)
    for table in (
        *("post_attachment", "connecting", "channel_secret", "attachment_asset", "network_app"),
    ):
        op.drop_table(table)
