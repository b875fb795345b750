"""Spans of time, with their union and difference."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)
"""The end of a span without a known end."""


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """A span of time that includes its start but not its end; `end` is NEVER while the span is open."""

    start: datetime
    end: datetime = NEVER

    @property
    def is_open(self) -> bool:
        """Whether the end is not known yet."""
        return self.end == NEVER

    @property
    def is_empty(self) -> bool:
        """Whether the span has no length, as when a machine's clock was set back within it."""
        return self.end <= self.start

    def after(self, at: datetime) -> "TimeSpan":
        """Return the part of the span from an instant on."""
        return TimeSpan(max(self.start, at), self.end)


def merge_spans(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the union of spans as disjoint spans, in order."""
    union: list[TimeSpan] = []
    for span in sorted(span for span in spans if not span.is_empty):
        if union and span.start <= union[-1].end:
            union[-1] = TimeSpan(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return tuple(union)


def subtract_spans(span: TimeSpan, others: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the parts of a span that no other span covers, in order."""
    parts: list[TimeSpan] = []
    for other in merge_spans(others):
        if other.end <= span.start or other.start >= span.end:
            continue
        if other.start > span.start:
            parts.append(TimeSpan(span.start, other.start))
        span = TimeSpan(max(span.start, other.end), span.end)
    return (*parts, span) if not span.is_empty else tuple(parts)
