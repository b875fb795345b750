"""Tests of the call store."""
