"""The part of the secondary-review workbench without screens: domain rules, services and the command line."""
