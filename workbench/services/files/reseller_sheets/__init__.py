"""Sheets of resellers: the form that we give them, and maps that say what the columns of their own sheets mean."""
