"""A case in words: its values, its history and its current status."""
