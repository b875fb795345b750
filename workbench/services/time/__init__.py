"""What the passing of time brings: the calendar, deadlines and campaigns."""
