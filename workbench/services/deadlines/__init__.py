"""What moves due dates: suspensions, reschedulings, ticks."""
