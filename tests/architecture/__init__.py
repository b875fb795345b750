"""Tests of the structure of the source code: layers, sizes and the message catalogue."""
