"""Commands about the working calendar."""
