"""The policy and the findings of its rules."""
