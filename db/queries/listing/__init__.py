"""Lists of cases: their conditions, orders and pages."""
