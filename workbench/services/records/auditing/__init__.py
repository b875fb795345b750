"""What an auditor reads: a case as it was at a decision, and the whole case in a folder."""
