"""Tests of forms and of maps of resellers' sheets."""
