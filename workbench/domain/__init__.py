"""The rules of review, without framework, clock or I/O."""
