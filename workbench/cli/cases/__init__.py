"""Commands about single cases."""
