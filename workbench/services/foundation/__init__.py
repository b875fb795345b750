"""The basis of all services: the context of a call, the audit log, the file store and the site settings."""
