"""Erases what closed cases say about people once their periods are over; legal holds prevent it."""
