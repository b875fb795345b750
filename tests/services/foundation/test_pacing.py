"""Pauses between the transactions of long work."""

import time

import pytest

from workbench.services.foundation import pacing


def test_a_write_waits_only_for_what_is_left_of_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    times, sleeps = iter([10.0, 10.001, 10.003, 10.1, 10.2]), list[float]()
    monkeypatch.setattr(pacing, "_free_since", 0.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(times))
    monkeypatch.setattr(time, "sleep", sleeps.append)
    token = pacing._PAUSE_S.set(0.005)
    for _block in range(2):
        with pacing.after_pause():
            pass
    pacing._PAUSE_S.reset(token)
    assert sleeps == pytest.approx([0.003])
