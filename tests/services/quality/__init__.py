"""Tests of the quality review."""
