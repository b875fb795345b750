"""A case in words: its values, its history, and where it stands."""
