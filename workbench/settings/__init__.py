"""The settings, texts and views of a user, and how screens and commands look."""
