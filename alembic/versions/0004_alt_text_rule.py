"""what a workspace wants of media without a description"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default, because SQLite would otherwise have to make the table anew.
    op.add_column(
        "workspace",
        sa.Column("alt_text_rule", sa.String(), server_default="warn", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("workspace", "alt_text_rule")
