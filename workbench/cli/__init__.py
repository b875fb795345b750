"""The command line; its names, flags, JSON keys and exit codes are a contract with scripts and do not change."""
