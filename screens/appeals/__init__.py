"""The screen of the appeals."""
