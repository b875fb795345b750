"""The board: the figures of the office, of each reviewer and of the last working days."""
