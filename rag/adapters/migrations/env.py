"""What Alembic runs to migrate: always on the connection that `state_database` hands over, in its transaction."""

from __future__ import annotations

from alembic import context

from rag.adapters.state_schema import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
