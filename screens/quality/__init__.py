"""The screen of the quality review: samples, agreement, and opinions that differ."""
