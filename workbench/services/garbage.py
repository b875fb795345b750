"""Tunes the garbage collection of commands."""

import gc


def collect_garbage_seldom() -> None:
    """Let this process collect garbage seldom, because a command creates many objects and hardly any cycles."""
    gc.set_threshold(50_000, 20, 100)
