"""Commands of the working calendar."""
