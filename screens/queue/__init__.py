"""The queue screen with its filter."""
