"""Periods of whole days: a year, a quarter, a month, or from one day to another."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.domain.case.case_id import quoted_masked
from workbench.errors import WrongUsage
from workbench.i18n import _

_MONTHS = re.compile(r"(\d{4})(?:-(?:(\d{1,2})|[Qq]([1-4])))?")
_YEAR_MONTHS, _QUARTER_MONTHS = 12, 3


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instant at which the first day begins, and the one at which the last day is over."""
        midnights = (
            datetime.combine(day, time.min, tzinfo=zone) for day in (self.first, self.last + timedelta(days=1))
        )
        start, end = midnights
        return start, end

    @property
    def before(self) -> "Period":
        """The period before."""
        return self.moved(-1)

    def moved(self, by: int) -> "Period":
        """Return the period that is so many periods later: of as many months, if these are whole, else of days."""
        after = self.last + timedelta(days=1)
        if self.first.day == after.day == 1:
            months = (after.year - self.first.year) * _YEAR_MONTHS + after.month - self.first.month
            number = self.first.year * _YEAR_MONTHS + self.first.month - 1 + by * months
            return _months(number // _YEAR_MONTHS, number % _YEAR_MONTHS + 1, months)
        days = by * (after - self.first)
        return Period(self.first + days, self.last + days)


def parse_period(text: str) -> Period:
    """Return the period that is written as 2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15.

    Raises:
        WrongUsage: If the text is no period.
    """
    try:
        if ".." in text:
            first, last = map(date.fromisoformat, text.strip().split(".."))
            if first <= last:
                return Period(first, last)
        elif match := _MONTHS.fullmatch(text.strip()):
            year, month, quarter = match.groups()
            if month is not None:
                return _months(int(year), int(month), 1)
            if quarter is not None:
                return _months(int(year), int(quarter) * _QUARTER_MONTHS - 2, _QUARTER_MONTHS)
            return _months(int(year), 1, _YEAR_MONTHS)
    except ValueError:
        pass  # The same sentence tells of a day that does not exist.
    message = _("“{text}” is no period; write 2026, 2026-Q4, 2026-11 or 2026-11-01..2026-11-15.")
    raise WrongUsage(message.format(text=quoted_masked(text)))


def _months(year: int, month: int, count: int) -> Period:
    after = year * _YEAR_MONTHS + month - 1 + count
    end = date(after // _YEAR_MONTHS, after % _YEAR_MONTHS + 1, 1)
    return Period(date(year, month, 1), end - timedelta(days=1))
