"""what proposes captions and descriptions to a workspace"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "proposal_endpoint",
        sa.Column("workspace_id", BIG_ID, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("sees_pictures", sa.Boolean(), nullable=False),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("counted_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"]),
        sa.PrimaryKeyConstraint("workspace_id"),
    )
    off = sa.Column("proposes_alt_text", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("persona", off)
    until = sa.Column("described_until", sa.DateTime(timezone=True), nullable=True)
    op.add_column("persona", until)


def downgrade() -> None:
    op.drop_column("persona", "described_until")
    op.drop_column("persona", "proposes_alt_text")
    op.drop_table("proposal_endpoint")
