"""Evidence as rules read it."""
