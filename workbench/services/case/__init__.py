"""Reading a case with its evidence and history."""
