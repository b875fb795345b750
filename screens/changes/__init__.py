"""The sheet of what changed since the last round."""
