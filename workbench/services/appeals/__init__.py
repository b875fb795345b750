"""Appeals: filing, deciding, checking, and who may do so."""
