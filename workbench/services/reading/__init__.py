"""Reading imported files into typed rows, with errors that say where and how to mend them; no database."""
