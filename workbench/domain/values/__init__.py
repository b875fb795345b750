"""Parsing and checking of values."""
