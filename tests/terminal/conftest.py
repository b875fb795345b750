"""A home in which the demo was made before: making it anew for each test would take most of the time."""

from tests.demos import demo_home, demo_of_today

__all__ = ["demo_home", "demo_of_today"]
