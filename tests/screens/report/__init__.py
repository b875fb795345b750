"""Tests of the screen of the report."""
