"""Event logs of other systems: CSV, XES and XES.gz files, read into traces."""
