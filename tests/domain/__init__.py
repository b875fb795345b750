"""Tests of the domain: rules without storage or screens."""
