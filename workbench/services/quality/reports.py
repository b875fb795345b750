"""Reads the report of a period: what came and went, how long it took, and how right it was."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlmodel import Session

from db.columns import to_us
from db.enums import Role
from db.models import SampleRow
from db.queries import report
from db.queries.forecast_cases import last_event
from db.queries.published import newest_row, table_of
from workbench.domain.case.lifecycle import missing_role_refusal
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.policy.settings import BilingualText
from workbench.domain.quality.period import Period
from workbench.domain.quality.report import FIGURES, Figure, FigureKind, Report, ReportRow, ReportValue, wilson
from workbench.services.foundation.calendar_days import all_suspensions
from workbench.services.foundation.case_access import refuse_while_reading
from workbench.services.foundation.context import Service
from workbench.services.foundation.safe_files import replacing

REPORT = "report"
"""The action of the event of a refused report."""

reading_refusal = partial(missing_role_refusal, frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR}))
"""Return why a person may not read reports, or None if they may."""

_EPOCH = date(1970, 1, 1)
_GROUPS = ("", "class", "province", "agent")
"""The first words of the parts of groups, in the order of the rows; "" is all cases."""

_AHEAD = timedelta(days=366)
"""How far the calendar reaches beyond today and the period: a wrong clock may have dated events ahead."""


class Reports(Service):
    """Reads reports for one person."""

    def last_month(self) -> Period:
        """Return the last month that is over."""
        with self.context.read() as session:
            today = self.context.today(session)
        last = today.replace(day=1) - timedelta(days=1)
        return Period(last.replace(day=1), last)

    def read(self, period: Period) -> Report:
        """Return the figures of a period and of the one before it.

        Raises:
            NotAllowed: If the person is no supervisor, admin or auditor, or reads a case for a second opinion.
        """
        with self.context.requiring(REPORT, reading_refusal), self.context.read() as session:
            refuse_while_reading(session)
            found = self._counted(session, period)
            found["agreement"] = _agreement(session, {"now": period, "before": period.before})
            policy = self.context.policy(session)
        return Report(
            period=period,
            before=period.before,
            rows={figure.name: tuple(_rows(figure, found.get(figure.name, {}))) for figure in FIGURES},
            names=_names(policy),
        )

    def write(self, found: Report, path: Path, render: Callable[[Report, Path], None]) -> None:
        """Write a report to a file completely, or leave an existing file unchanged.

        Raises:
            CannotCreate: If the file cannot be written.
        """
        with replacing(path, self.context.own_files) as draft:
            render(found, draft)

    def _counted(self, session: Session, period: Period) -> dict[str, dict[str, dict[str, ReportValue]]]:
        """Return the values by figure, part and period."""
        found: dict[str, dict[str, dict[str, ReportValue]]] = {}
        with self._reading_beside(session) as other:
            for name, which, part, *numbers in report.figures((session, other), self._wanted(session, period)):
                found.setdefault(name, {}).setdefault(str(part), {})[which] = ReportValue(*numbers)
        return found

    @contextmanager
    def _reading_beside(self, session: Session) -> Iterator[Session]:
        """Yield another transaction that sees the same, or the given one if something was written between the two.

        All that a report counts is written together with an event.
        """
        with self.context.database.read() as other:
            yield other if last_event(other) == last_event(session) else session

    def _wanted(self, session: Session, period: Period) -> dict[str, Any]:
        """Return the parameters of `report.figures`."""
        calendar, now = self.context.calendar(session), self.context.now()
        since, until = period.instants(calendar.zone)
        before, _since = period.before.instants(calendar.zone)
        first = min(report.first_receipt(session) or since, before) - timedelta(days=1)
        days = _days(calendar, calendar.local_day(first), calendar.local_day(max(now, until)) + _AHEAD)
        pieces = list(_pieces(session, now))
        return {
            "before": to_us(before),
            "since": to_us(since),
            "until": to_us(until),
            "now": to_us(now),
            "offset": (since.utcoffset() or timedelta()) // timedelta(microseconds=1),
            "days": json.dumps(list(days)),
            "pieces": json.dumps(pieces),
            "has_pieces": bool(pieces),
            "send_days": self.context.policy(session).notices.send_days,
        }


def _days(calendar: WorkingCalendar, first: date, last: date) -> Iterator[tuple[int, int, int]]:
    """Yield each day with the number of working days up to it, and its closing time, 0 on a day off."""
    number = 0
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        is_working = calendar.is_working(day)
        number += is_working
        closes_us = to_us(calendar.closing(day)) if is_working else 0
        yield (day - _EPOCH).days, number, closes_us


def _pieces(session: Session, now: datetime) -> Iterator[tuple[int, int, str | None, str | None]]:
    """Yield the spans between neighbouring bounds of suspensions, each for every suspension that covers it."""
    suspensions = [one for one in all_suspensions(session) if not one.span.is_empty and one.span.start < now]
    bounds = [(int(one.span.start.timestamp()), int(min(one.span.end, now).timestamp()), one) for one in suspensions]
    provinces = report.provinces(session) if any(one.province for one in suspensions) else ()
    for start, end in pairwise(sorted({at for since, until, _one in bounds for at in (since, until)})):
        for since, until, one in bounds:
            if since <= start and end <= until:
                concerned = [name for name in provinces if one.concerns(name, one.agent or "")]
                yield from ((start, end, name, one.agent) for name in (concerned if one.province else [None]))


def _agreement(session: Session, periods: Mapping[str, Period]) -> dict[str, dict[str, ReportValue]]:
    """Return the agreement in the newest sample from within each period."""
    found: dict[str, dict[str, ReportValue]] = {}
    dates = table_of(SampleRow).c
    for which, period in periods.items():
        sample = newest_row(session, SampleRow, dates.from_on >= period.first, dates.to_on <= period.last)
        if sample is not None:
            # Most periods have no sample, and the arithmetic takes long to import.
            from workbench.services.quality.figures import agreement_in

            agreement = agreement_in(session, sample)
            for name in ("raw", "kappa", "ac1"):
                estimate = getattr(agreement, name)
                interval = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
                found.setdefault(name, {})[which] = ReportValue(agreement.pairs, None, None, None, None, *interval)
    return found


def _rows(figure: Figure, values: Mapping[str, Mapping[str, ReportValue]]) -> Iterator[ReportRow]:
    """Yield the rows of a figure in their order: by number where the parts make up a whole, else by group."""
    rows = [
        ReportRow(part, *(_with_ratio(figure.kind, found.get(which)) for which in ("now", "before")))
        for part, found in values.items()
    ]
    if figure.kind in {FigureKind.PARETO, FigureKind.SECONDS}:
        rows.sort(key=lambda row: (-row.now.n if row.now else 0, row.part))
    elif figure.name == "in_time" or figure.kind is FigureKind.DAYS:
        rows.sort(key=lambda row: (_GROUPS.index(row.part.partition(" ")[0]), row.part))
    yield from rows


def _with_ratio(kind: FigureKind, value: ReportValue | None) -> ReportValue | None:
    """Return a value with its share of the whole; that of a SHARE has an interval."""
    if value is None or kind not in {FigureKind.SHARE, FigureKind.PARETO, FigureKind.SECONDS} or not value.whole:
        return value
    ends = wilson(value.n, value.whole) if kind is FigureKind.SHARE else (None, None)
    return ReportValue(value.n, value.whole, None, None, None, value.n / value.whole, *ends)


def _names(policy: Any) -> dict[str, BilingualText]:
    reasons = {code: reason.title for code, reason in policy.reasons.items()}
    return reasons | {code: department.name for code, department in policy.departments.items()}
