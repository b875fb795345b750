"""Files on their way into DuckDB: one relation of text columns, whatever the form of the file."""
