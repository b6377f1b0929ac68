"""a zone of one's own, in which times are shown too"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("zone", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("person", "zone")
