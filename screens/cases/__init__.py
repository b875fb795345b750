"""The base of the modes that list cases and open the one under the cursor: checks and appeals."""
