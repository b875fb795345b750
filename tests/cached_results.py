"""Caches the results of pure functions for a whole test run."""

import pickle
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from workbench import i18n
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.forecast.queue.model import QueueModel
from workbench.services.database import opening
from workbench.services.foundation import calendar_days, context
from workbench.services.policy import supplier
from workbench.services.policy.reader import parse_policy
from workbench.services.site import admin_requests, policies
from workbench.services.time.calendar.public_holidays import seed_days


def _cached(function: Callable[..., Any], key: Callable[..., Hashable]) -> Callable[..., Any]:
    """Return a cached version of a function; `key` makes a hashable key of its arguments, and errors are not cached."""
    known: dict[Hashable, Any] = {}

    def cached(*arguments: Any) -> Any:
        cache_key = key(*arguments)
        if cache_key not in known:
            known[cache_key] = function(*arguments)
        return known[cache_key]

    return cached


@contextmanager
def results_cached() -> Iterator[None]:
    """Parse each policy text, stored calendar and country's holidays only once."""
    policy = _cached(parse_policy, lambda text, name: (text, name, i18n.current_language()))
    seeded = _cached(seed_days, lambda country, years: (country, tuple(years)))
    with pytest.MonkeyPatch.context() as patched:
        for module in (context, opening, policies, admin_requests, supplier):
            patched.setattr(module, "parse_policy", policy)
        patched.setattr(opening, "seed_days", seeded)
        # Every change of a calendar gives it a new random edition.
        patched.setattr(context, "days_in_force", _cached(calendar_days.days_in_force, calendar_days.calendar_edition))
        # The cached days keep their first day alive, so that no other object gets its address.
        calendar = _cached(
            lambda days, hours, zone: WorkingCalendar(days, hours=hours, zone=zone),
            lambda days, hours, zone: (id(next(iter(days), None)), hours, zone),
        )
        patched.setattr(context, "WorkingCalendar", lambda days, *, hours, zone: calendar(days, hours, zone))
        patched.setattr(QueueModel, "fit", staticmethod(_cached(QueueModel.fit, lambda *given: pickle.dumps(given))))
        yield
