"""Gives a database another key, or another secret."""
