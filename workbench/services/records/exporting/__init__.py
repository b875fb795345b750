"""Exports of applications, decisions, notices and events to files."""
