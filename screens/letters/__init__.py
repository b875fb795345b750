"""The screen of letters to applicants: what is owed, what failed, and what was sent."""
