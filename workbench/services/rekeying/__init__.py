"""Replaces the key or the secret of a database."""
