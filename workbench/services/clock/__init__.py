"""Computes the clocks and due dates of cases."""
