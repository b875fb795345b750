"""Loads a file of any form into DuckDB, as one relation of text columns."""
