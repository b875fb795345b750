"""Migration steps, run by Alembic. To downgrade, restore the backup that was made before the upgrade."""
