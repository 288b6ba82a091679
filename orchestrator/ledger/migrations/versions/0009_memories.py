"""What systems showed last, sealed, in place of keys in the clear that only grew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. What was adopted is read anew when its system is open next."""
    op.drop_table("adopted")
    op.create_table(
        "memories",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "instance", "matter", name=op.f("pk_memories")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("memories")
    op.create_table(
        "adopted",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("receipt_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", "instance", "key", name=op.f("pk_adopted")),
    )
