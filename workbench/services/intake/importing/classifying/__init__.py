"""Classifies the rows of files as created, updated, unchanged or refused."""
