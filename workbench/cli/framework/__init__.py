"""The framework of the commands: registration, shared options, errors and output."""
