"""The outbox: which notices are owed, which were sent or failed, and handing them to the operator's gateway."""
