"""What a system showed of the time before a bot: written by others, and not to be written again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "adopted",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "instance", "key", name=op.f("pk_adopted")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("adopted")
