"""The panels of the desk: what is known of a case, as lines."""
