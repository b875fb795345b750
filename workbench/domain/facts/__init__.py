"""Facts that are computed from evidence."""
