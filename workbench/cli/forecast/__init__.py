"""Commands of the forecast."""
