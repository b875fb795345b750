"""What the rules of the policy find in a case."""
