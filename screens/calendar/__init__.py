"""The calendar screen."""
