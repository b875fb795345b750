"""Acts on cases: what each of them does, in which order, and what can be undone."""
