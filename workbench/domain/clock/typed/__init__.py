"""Dates and times as people type them into a field or an option."""
