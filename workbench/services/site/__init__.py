"""The people, the audit log and the health check of one database."""
