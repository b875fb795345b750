"""Commands about the database, its people and its audit log."""
