"""The quality review by commands and by keys: it moves nothing, is blind, and is for some roles only."""
