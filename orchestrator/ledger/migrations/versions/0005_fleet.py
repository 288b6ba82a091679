"""Runs that machines carry, the machines, what the house knows of itself; steps in the order of their claims."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def columns() -> list[sa.Column]:
    """Return the new columns of `runs`."""
    return [
        sa.Column("pool", sa.String(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("machine", sa.String(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("deaths", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("done_at_death", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cancelled", sa.DateTime(), nullable=True),
        sa.Column("cancelled_by", sa.String(), nullable=True),
    ]


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("runs", schema=None) as batch_op:
        for column in columns():
            batch_op.add_column(column)
        batch_op.create_index("ix_runs_state", ["state"], unique=False)
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.drop_index("ix_steps_run_state")
        batch_op.create_index("ix_steps_claimed", ["run", "state", "attempts", "id"], unique=False)
    op.create_table(
        "machines",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("holder", sa.JSON(), nullable=False),
        sa.Column("pools", sa.JSON(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.Column("left", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machines")),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_facts")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("facts")
    op.drop_table("machines")
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.drop_index("ix_steps_claimed")
        batch_op.create_index("ix_steps_run_state", ["run", "state"], unique=False)
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index("ix_runs_state")
        for column in reversed(columns()):
            batch_op.drop_column(column.name)
