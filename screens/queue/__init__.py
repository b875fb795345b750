"""The queue screen and its filter."""
