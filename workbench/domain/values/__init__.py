"""Parsers and checks of single values."""
