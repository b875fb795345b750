"""Learning remaining times from event logs."""
