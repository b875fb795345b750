"""What the program knows about terminals."""
