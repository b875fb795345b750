"""The code that differs between SQLite and PostgreSQL."""
