"""Commands about the forecast."""
