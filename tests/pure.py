"""Pure functions whose answers are kept for a whole run: each test would work out the same ones anew."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from workbench import i18n
from workbench.services import opening
from workbench.services.calendar.public_holidays import seed_days
from workbench.services.foundation import calendar_days, context
from workbench.services.policy.reader import parse_policy


def _kept(function: Callable[..., Any], key: Callable[..., Hashable]) -> Callable[..., Any]:
    """Return a function that works out each answer once, by what tells its arguments apart; failures are not kept."""
    known: dict[Hashable, Any] = {}

    def answer(*arguments: Any) -> Any:
        asked = key(*arguments)
        if asked not in known:
            known[asked] = function(*arguments)
        return known[asked]

    return answer


@contextmanager
def answers_kept() -> Iterator[None]:
    """Read each text of a policy, each stored day of a calendar and each country's holidays only once."""
    policy = _kept(parse_policy, lambda text, name: (text, name, i18n.current()))
    seeded = _kept(seed_days, lambda country, years: (country, tuple(years)))
    with pytest.MonkeyPatch.context() as patched:
        for module in (context, opening):
            patched.setattr(module, "parse_policy", policy)
        patched.setattr(opening, "seed_days", seeded)
        # Every change of a calendar gives it another edition, a random one.
        patched.setattr(context, "days_in_force", _kept(calendar_days.days_in_force, calendar_days.edition))
        yield
