"""Verdicts, checks, undo and remarks."""
