"""Forecasts of cases and of the queue."""
