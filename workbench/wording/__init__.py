"""Sentences about values of the domain, in both languages."""
