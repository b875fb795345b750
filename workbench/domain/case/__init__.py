"""A case: states, verdicts and allowed actions."""
