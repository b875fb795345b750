"""What people do with cases: one method per intent, one transaction each, frozen rows out."""
