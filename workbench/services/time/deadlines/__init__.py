"""Changes of due dates: suspensions, changes by a supervisor, and the tick."""
