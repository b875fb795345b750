"""Tests that run the program in a pseudo-terminal."""
