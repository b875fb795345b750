"""Verdicts, second checks, undo, remarks, and the effect of new evidence on a case."""
