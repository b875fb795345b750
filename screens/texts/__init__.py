"""Canned texts: their list, and their insertion into text fields."""
