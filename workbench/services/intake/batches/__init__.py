"""The batches of imports: written unseen, published as a whole, then applied to cases, undone, or swept."""
