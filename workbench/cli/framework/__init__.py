"""What every command is built on: options, errors, output."""
