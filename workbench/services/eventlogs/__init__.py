"""Event logs that somebody else made: CSV, XES and XES.gz, read into the courses of cases."""
