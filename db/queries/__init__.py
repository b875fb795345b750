"""Reads and the one claiming statement; every read of imported rows leaves out unpublished batches."""
