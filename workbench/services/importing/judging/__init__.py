"""What becomes of each row of a file."""
