"""Stretches of time: what several of them cover together, and what one leaves of another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of what has no end yet."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The time from one instant up to another, which is no part of it; `end` is NEVER while it is open."""

    start: datetime
    end: datetime = NEVER

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet when it ends."""
        return self.end == NEVER

    @property
    def is_empty(self) -> bool:
        """Whether nothing lies in it, as when a machine's clock was set back within."""
        return self.end <= self.start

    def after(self, at: datetime) -> "Span":
        """Return the part of it from an instant on."""
        return Span(max(self.start, at), self.end)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same time with nothing in it twice, in order."""
    whole: list[Span] = []
    for span in sorted(span for span in spans if not span.is_empty):
        if whole and span.start <= whole[-1].end:
            whole[-1] = Span(whole[-1].start, max(whole[-1].end, span.end))
        else:
            whole.append(span)
    return tuple(whole)


def without(span: Span, others: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of a span where others are taken out, in order."""
    left: list[Span] = []
    for other in merged(others):
        if other.end <= span.start or other.start >= span.end:
            continue
        if other.start > span.start:
            left.append(Span(span.start, other.start))
        span = Span(max(span.start, other.end), span.end)
    return (*left, span) if not span.is_empty else tuple(left)
