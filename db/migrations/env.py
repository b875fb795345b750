"""The Alembic environment: runs the steps on the connection that db.schema opened."""

from alembic import context
from sqlmodel import SQLModel

import db.models  # noqa: F401 - registers the tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    transaction_per_migration=True,
    render_as_batch=True,
    on_version_apply=context.config.attributes["finish_step"],
)
with context.begin_transaction():
    context.run_migrations()
