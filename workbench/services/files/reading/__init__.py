"""Reading imported files into typed rows, with errors that say where they are and how to fix them; no database."""
