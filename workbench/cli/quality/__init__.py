"""Commands about the quality of the review."""
