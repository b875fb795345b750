"""Who exports what."""
