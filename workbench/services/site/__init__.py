"""The people, policies, encryption and health check of one database."""
