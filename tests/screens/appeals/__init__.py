"""Tests of the appeals screen."""
