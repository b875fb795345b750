"""The desk: the case that is being reviewed."""
