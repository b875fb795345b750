"""The queries, and the statement that claims a case. Queries on imported rows leave out unpublished batches."""
