"""Tests of the appeal commands."""
