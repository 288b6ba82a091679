"""Alembic's way into the ledger: always on a connection that `Ledger.migrate` hands over."""

from alembic import context

from orchestrator.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column in place
)
with context.begin_transaction():
    context.run_migrations()
