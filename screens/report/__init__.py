"""The screen of the report: the figures of a period beside those of the period before it."""
