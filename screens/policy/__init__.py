"""The policy screen."""
