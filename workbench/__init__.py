"""The secondary-review workbench, its headless half: rules, services and the command line."""
