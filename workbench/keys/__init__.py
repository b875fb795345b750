"""The registry of keyboard commands."""
