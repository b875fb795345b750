"""The clocks of cases."""
