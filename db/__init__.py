"""The database: engine, dialects, tables, queries, migrations and the shared enumerations."""
