"""The database below the services."""
