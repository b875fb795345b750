"""The command line: headless, scriptable, with the exit codes and JSON keys of the contract."""
