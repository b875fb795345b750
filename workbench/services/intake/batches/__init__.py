"""The batches of imports: invisible until they are published as a whole, then applied to cases, or undone."""
