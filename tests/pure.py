"""Caches the results of pure functions for a whole test run."""

import pickle
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from workbench import i18n
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.queue.model import QueueModel
from workbench.services import opening
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.foundation import calendar_days, context
from workbench.services.policy.reader import parse_policy


def _kept(function: Callable[..., Any], key: Callable[..., Hashable]) -> Callable[..., Any]:
    """Return a cached version of a function; `key` makes a hashable key of its arguments, and errors are not cached."""
    known: dict[Hashable, Any] = {}

    def answer(*arguments: Any) -> Any:
        asked = key(*arguments)
        if asked not in known:
            known[asked] = function(*arguments)
        return known[asked]

    return answer


FIT = QueueModel.fit
"""The real fit of a queue model, for tests of the fit itself."""


@contextmanager
def answers_kept() -> Iterator[None]:
    """Parse each policy text, stored calendar and country's holidays only once."""
    policy = _kept(parse_policy, lambda text, name: (text, name, i18n.current()))
    seeded = _kept(seed_days, lambda country, years: (country, tuple(years)))
    with pytest.MonkeyPatch.context() as patched:
        for module in (context, opening):
            patched.setattr(module, "parse_policy", policy)
        patched.setattr(opening, "seed_days", seeded)
        # Every change of a calendar gives it another edition, a random one.
        patched.setattr(context, "days_in_force", _kept(calendar_days.days_in_force, calendar_days.edition))
        # The kept days keep the first of them, so that no other object gets its address.
        calendar = _kept(
            lambda days, hours, zone: WorkingCalendar(days, hours=hours, zone=zone),
            lambda days, hours, zone: (id(next(iter(days), None)), hours, zone),
        )
        patched.setattr(context, "WorkingCalendar", lambda days, *, hours, zone: calendar(days, hours, zone))
        patched.setattr(QueueModel, "fit", staticmethod(_kept(FIT, lambda *given: pickle.dumps(given))))
        yield
