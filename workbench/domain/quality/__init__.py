"""Quality of the review: a sample of decisions, and how far two people agree on them."""
