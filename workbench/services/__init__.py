"""The services that screens and commands call: one method for each user action, in one transaction."""
