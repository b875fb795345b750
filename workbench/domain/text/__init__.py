"""Sanitised, masked and measured text."""
