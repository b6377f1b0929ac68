"""what a rule has recycled waits for approval, if whoever saved the rule may not approve"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "recycled_post",
        sa.Column("is_held", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("recycled_post", "is_held")
