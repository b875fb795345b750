"""Rectifications: the progress of their items, lapses, and deadlines that move after late letters."""
