"""Whose each item is, evidence, and what a purge leaves: a row without what was sealed in it; steps found by item."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("concern", sa.LargeBinary(), nullable=True))
        batch_op.alter_column("inputs", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.alter_column("record", existing_type=sa.LargeBinary(), nullable=True)
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.alter_column("args", existing_type=sa.LargeBinary(), nullable=True)
        batch_op.create_index("ix_steps_run_item", ["run", "item"], unique=False)
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purged", sa.DateTime(), nullable=True))
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run", "item"], ["items.run", "items.key"], name=op.f("fk_evidence_run_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_run_item", ["run", "item"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("evidence")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_column("purged")
    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.drop_index("ix_steps_run_item")
        batch_op.alter_column("args", existing_type=sa.LargeBinary(), nullable=False)
    with op.batch_alter_table("items", schema=None) as batch_op:
        batch_op.alter_column("record", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.alter_column("inputs", existing_type=sa.LargeBinary(), nullable=False)
        batch_op.drop_column("concern")
