"""The registry of keyboard commands: every key, label and help text of the terminal interface."""
