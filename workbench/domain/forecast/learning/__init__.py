"""Predicts remaining times from event logs."""
