"""Reads the sheets of XLSX workbooks."""
