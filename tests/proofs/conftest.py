"""Fixtures of the proofs."""

from tests.demos import fresh_demo, made_demo

__all__ = ["fresh_demo", "made_demo"]
