"""Reading a policy file."""
