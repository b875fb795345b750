"""The demo for tests of it."""

from tests.demos import first_cases, fresh_demo, made_demo

__all__ = ["first_cases", "fresh_demo", "made_demo"]
