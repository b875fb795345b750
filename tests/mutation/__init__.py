"""Mutants: small faults put into the code, to measure whether the tests notice them."""
