"""Migration steps, run by Alembic."""
