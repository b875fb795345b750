"""Encryption at rest: the keys of a database, their sources, and the sealing of files."""

KEY_SETTINGS = "encryption.toml"
"""The file in the store of an encrypted database that says how its key is found; an unencrypted one has none."""
