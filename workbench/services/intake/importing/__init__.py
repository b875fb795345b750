"""Imports files as a batch: plans it, writes it invisibly, publishes it as a whole, and applies it to cases."""
