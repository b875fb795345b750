"""Forecasts of open cases: when each gets its first verdict, and when it passes.

A time that is a number is in working days, as in `WorkingTime`, unless its name ends in `_s`, for seconds.
"""
