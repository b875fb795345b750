"""The demo: a database of its own with made-up cases and what happened to them in the last thirty working days."""
