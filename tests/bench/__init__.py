"""Measurements, each as a ratio to a named peer of the same run; run by hand, never asserted."""
