"""Benchmarks, each as a ratio to a named peer in the same run; started by hand, never asserted."""
