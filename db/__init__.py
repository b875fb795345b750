"""The database: engine, dialects, models, queries, migrations and the shared words."""
