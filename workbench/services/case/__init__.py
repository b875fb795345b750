"""Reads a case with its evidence, history and documents, masked and in clear."""
