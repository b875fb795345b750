"""The screen of verdicts that wait for a second person."""
