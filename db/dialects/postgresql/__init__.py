"""PostgreSQL through psycopg 3. Nothing here is imported for a SQLite database."""
