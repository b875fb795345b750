"""Listing and showing documents."""
