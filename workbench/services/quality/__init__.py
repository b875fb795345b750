"""The quality review: samples of decisions, second opinions on them, and how far people agree."""
