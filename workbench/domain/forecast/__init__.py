"""Forecasts of open cases: when each gets its first verdict, and when it passes."""
