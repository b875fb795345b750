"""The model of the queue and its simulation."""
