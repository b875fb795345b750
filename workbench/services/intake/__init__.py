"""How files get into the database: imports, and the batches that they write."""
