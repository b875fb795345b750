"""The verdict dialog."""
