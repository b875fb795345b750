"""Writes what was handed in, decided, told and logged into files for others."""
