"""Checks of the audit log: against anchors kept elsewhere, and against the rows of the database."""
