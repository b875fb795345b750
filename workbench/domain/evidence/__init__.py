"""The evidence that panels show and rules check."""
