"""The screen of the quality review, by keys."""
