"""weekly posting times under a name; what one person is told; addresses that a program gave"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "timetable",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name"),
    )
    with op.batch_alter_table("notification") as notification:
        notification.add_column(sa.Column("person_id", BIG_ID, nullable=True))
        notification.create_foreign_key("notification_person", "person", ["person_id"], ["id"])
    with op.batch_alter_table("picture_link") as link:
        link.alter_column("created_by", existing_type=BIG_ID, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM picture_link WHERE created_by IS NULL")
    with op.batch_alter_table("picture_link") as link:
        link.alter_column("created_by", existing_type=BIG_ID, nullable=False)
    op.execute(
        "DELETE FROM outgoing_notification WHERE notification_id IN"
        " (SELECT id FROM notification WHERE person_id IS NOT NULL)"
    )
    op.execute(
        "DELETE FROM notification_read WHERE notification_id IN"
        " (SELECT id FROM notification WHERE person_id IS NOT NULL)"
    )
    op.execute("DELETE FROM notification WHERE person_id IS NOT NULL")
    with op.batch_alter_table("notification") as notification:
        notification.drop_constraint("notification_person", type_="foreignkey")
        notification.drop_column("person_id")
    op.drop_table("timetable")
