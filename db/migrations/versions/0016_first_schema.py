"""The oldest schema that can be upgraded; db/schema.py creates new databases with the newest one.

Revision ID: 0016
"""

revision = "0016"
down_revision = None
