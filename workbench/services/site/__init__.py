"""Opening, people and health of a database."""
