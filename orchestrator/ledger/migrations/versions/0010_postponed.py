"""Runs that wait for a system that fails: until when, how often in a row, and how far the run had got."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("retry_at", sa.DateTime()))
        runs.add_column(sa.Column("retries", sa.Integer(), nullable=False, server_default="0"))
        runs.add_column(sa.Column("done_at_retry", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take back. A run that waits is gone on with at once."""
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("done_at_retry")
        runs.drop_column("retries")
        runs.drop_column("retry_at")
