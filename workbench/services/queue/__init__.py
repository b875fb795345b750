"""Claiming, listing, searching and assigning cases."""
