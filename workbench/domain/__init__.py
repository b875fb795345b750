"""The rules of review and the words they use; no framework, no clock, no I/O below this line."""
