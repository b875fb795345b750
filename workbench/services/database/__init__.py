"""Creates, opens, backs up and restores databases, and replaces their keys."""
