"""Suspensions: periods in which an external cause stops work, and with it the clocks."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workbench.domain.clock.spans import NEVER, TimeSpan, merge_spans, subtract_spans
from workbench.domain.values.provinces import province_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """A suspension of work (force majeure, 不可抗力).

    Attributes:
        id: Its number.
        span: When work is suspended.
        reason: The reason that applicants read.
        province: The short Chinese name of the affected province, None for all provinces.
        agent: The affected agent, None for all agents.
        announced: The suspension as it was before a supervisor last changed its end, None if nobody did.
        is_settled: Whether every due date includes the suspension.
        entered_at: When it was entered.
        resumed_at: When its end was announced.
    """

    id: int
    span: TimeSpan
    reason: str
    province: str | None = None
    agent: str | None = None
    announced: "Suspension | None" = None
    is_settled: bool = True
    entered_at: datetime = NEVER
    resumed_at: datetime | None = None

    @property
    def is_ended(self) -> bool:
        """Whether a supervisor ended or cancelled the suspension."""
        return self.announced is not None

    @property
    def is_called_off(self) -> bool:
        """Whether a supervisor cancelled the suspension, so that work was never suspended."""
        return self.is_ended and self.span.is_empty

    @property
    def as_announced(self) -> "Suspension":
        """The suspension as it was before a supervisor ended it.

        If its end was unknown before, it lasts until the supervisor announced the end.
        """
        before = self.announced or self
        if not before.span.is_open or self.resumed_at is None:
            return before
        start = before.span.start
        return replace(before, span=TimeSpan(start, max(start, self.resumed_at)))

    def stops_days(self, first: date, last: date, zone: ZoneInfo) -> bool:
        """Say whether work is suspended at any time from the local day `first` to the local day `last`, inclusive."""
        begin, end = (datetime.combine(day, time(), tzinfo=zone) for day in (first, last + timedelta(days=1)))
        return self.span.start < end and self.span.end > begin and not self.span.is_empty

    def known_span(self, at: datetime) -> TimeSpan | None:
        """Return the span as it was known at a time; None before the entry or while the end was unknown."""
        known = self
        while known.announced is not None and (known.resumed_at or NEVER) > at:
            known = known.announced
        return None if self.entered_at >= at or known.span.is_open else known.span

    def concerns(self, province: str, agent: str) -> bool:
        """Say whether the suspension stops the clocks of this agent's applications from this province."""
        return self.province in {None, province_key(province)} and self.agent in {None, agent}


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedCase:
    """A case that a suspension affects: a date moves, or the applicant gets a notice."""

    case_id: int
    before: datetime | None
    """The due date before the suspension."""
    after: datetime | None
    """The due date with the suspension."""
    is_notified: bool = False
    """Whether the applicant gets a notice."""
    has_deadline: bool = False
    """Whether the applicant has a deadline."""


def stopped_until(suspensions: Iterable[Suspension], province: str, agent: str, now: datetime) -> datetime | None:
    """Return the end of the suspension that affects a case now; None without a suspension or if its end is unknown."""
    ending = (item.span for item in suspensions if not item.span.is_open and item.concerns(province, agent))
    return next((span.end for span in merge_spans(ending) if span.start <= now < span.end), None)


def as_known(suspensions: Iterable[Suspension], at: datetime) -> tuple[Suspension, ...]:
    """Return the suspensions that had been entered with an end by a time, each as it was known then."""
    known = ((suspension, suspension.known_span(at)) for suspension in suspensions)
    return tuple(replace(suspension, span=span) for suspension, span in known if span is not None)


def unknown_parts(suspensions: Iterable[Suspension], at: datetime) -> tuple[Suspension, ...]:
    """Return the parts of suspensions that were not known at a time, so that a date given then could not include them.

    A suspension that still has no end is returned whole.
    """
    with_known_spans = [(suspension, suspension.known_span(at)) for suspension in suspensions]
    known_spans = [span for _suspension, span in with_known_spans if span is not None]
    unknown = [suspension for suspension, span in with_known_spans if span is None]
    ended = (item for item in unknown if not item.span.is_open)
    parts = (replace(item, span=part) for item in ended for part in subtract_spans(item.span, known_spans))
    return (*parts, *(suspension for suspension in unknown if suspension.span.is_open))
