"""Safe, masked and measured text."""
