"""Takes files into the database: planned as a whole, written unseen, published at once, then applied case by case."""
