"""A random walk of many people through the life of cases, compared with a simple model."""
