"""Facts computed from the evidence."""
