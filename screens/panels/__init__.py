"""The panels with the evidence and the history of a case."""
