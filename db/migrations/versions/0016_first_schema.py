"""The first schema, which db/schema.py makes from the models; each later step changes databases that exist.

Revision ID: 0016
"""

revision = "0016"
down_revision = None
