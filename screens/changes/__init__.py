"""The sheet that compares a case with its last round."""
