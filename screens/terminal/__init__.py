"""The terminal driver: input, output and the end of the terminal."""
