"""Encryption at rest: the keys of a database, where its secret comes from, and the sealing of files."""

KEY_SETTINGS = "encryption.toml"
"""The name of the file in the store of an encrypted database that says how its key is found; others have none."""
