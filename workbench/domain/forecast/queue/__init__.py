"""The queue model and its simulation."""
