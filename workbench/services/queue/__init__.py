"""The queue of one person: claiming, listing, searching, filtering and assigning cases."""
