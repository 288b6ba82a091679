"""What the clock is due to start, what became of it, and which bots are paused."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "schedules",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("watched", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedules")),
    )
    op.create_table(
        "expected_runs",
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("run", sa.String(), nullable=True),
        sa.Column("judged", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", "due", name=op.f("pk_expected_runs")),
    )
    with op.batch_alter_table("expected_runs", schema=None) as batch_op:
        batch_op.create_index("ix_expected_runs_state", ["state"], unique=False)
        batch_op.create_index("ix_expected_runs_due", ["due"], unique=False)
    op.create_table(
        "pauses",
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("bot", name=op.f("pk_pauses")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("pauses")
    op.drop_table("expected_runs")
    op.drop_table("schedules")
