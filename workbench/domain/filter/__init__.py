"""The filter language of the queue."""
