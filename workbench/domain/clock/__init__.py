"""Working time: calendar, due dates and pauses."""
