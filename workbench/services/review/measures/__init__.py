"""Orders to bar and restore numbers, the work list of them, and the reports that they were carried out."""
