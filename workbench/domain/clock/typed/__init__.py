"""Reads dates and times that people type into a field or an option."""
