"""The policy: its rules, reasons, settings and texts."""
