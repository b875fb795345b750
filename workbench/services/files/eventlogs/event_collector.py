"""Collects the events of a log into traces, up to a limit."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workbench.domain.forecast.learning.event_trace import EventTrace, TraceEvent, sorted_trace
from workbench.domain.text.safe import safe
from workbench.domain.values.bad_value import BadValue
from workbench.domain.values.moments import FIRST_YEAR, LAST_YEAR, parse_instant_or_day
from workbench.i18n import _
from workbench.services.files.reading.problems import FileProblem, RowProblem

MOST_EVENTS = 3_000_000
"""The most events of a log; more do not fit into the memory of a small machine."""

_LONGEST_NAME = 300
_UTC = ZoneInfo("UTC")
_SHORTEST_TIME = len("2026-11-03T09:05")


class EventCollector:
    """Collects the events of a log by case, in the order of the file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._events: dict[str, list[TraceEvent]] = {}
        self._activities: dict[str, str] = {}
        self._count = 0

    def add(self, case: str, activity: str, at: str, *, line: int, columns: tuple[str, str, str]) -> None:
        """Add an event.

        Args:
            case: The name of its case.
            activity: Its activity.
            at: Its time, as in the file.
            line: Its line, for the error.
            columns: The names of the columns of case, activity and time, for the error.

        Raises:
            FileProblem: If a value is missing or invalid, or there are too many events.
        """
        for value, column in zip((case, activity, at), columns, strict=True):
            if not value.strip():
                raise self.problem(_("The value is missing; fill it in."), line, column)
            if len(value) > _LONGEST_NAME:
                message = _("The value is longer than {limit} characters; shorten it.").format(limit=_LONGEST_NAME)
                raise self.problem(message, line, column)
        self._count += 1
        self.check_limit(0, line)
        try:
            at_s = _epoch_seconds(at)
        except BadValue as error:
            raise self.problem(str(error), line, columns[2]) from error
        # All events of an activity share one string, which saves memory.
        activity = self._activities.setdefault(activity.strip(), activity.strip())
        self._events.setdefault(case.strip(), []).append(TraceEvent(activity, at_s))

    def check_limit(self, waiting_count: int, line: int) -> None:
        """Check that the log has at most MOST_EVENTS events, including `waiting_count` events that are not added yet.

        Raises:
            FileProblem: If it has more.
        """
        if self._count + waiting_count > MOST_EVENTS:
            message = _("The log has more than {limit} events; use a part of it.").format(limit=f"{MOST_EVENTS:,}")
            raise self.problem(message, line)

    def problem(self, message: str, line: int = 0, column: str = "") -> FileProblem:
        """Return an error that names the file, and a line and column if given."""
        return FileProblem(RowProblem(file=self._file, line=line, column=safe(column), message=message))

    def traces(self) -> tuple[EventTrace, ...]:
        """Return the traces, ordered by the first occurrence of their cases.

        Raises:
            FileProblem: If the log has no events.
        """
        if not self._events:
            raise self.problem(_("The log has no events; it needs at least one case."))
        return tuple(sorted_trace(case, events) for case, events in self._events.items())


def _epoch_seconds(raw: str) -> float:
    """Return an instant in seconds since 1970 in UTC; a time without a zone is taken as UTC.

    Only the time between events matters. A log without zones is therefore wrong by at most one hour, between events
    before and after a change to or from summer time.

    Raises:
        BadValue: If the text is neither an instant nor a date.
    """
    text = raw.strip()
    if len(text) >= _SHORTEST_TIME and text.isascii():
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None and FIRST_YEAR <= moment.year <= LAST_YEAR:
            zone = moment.tzinfo or UTC
            return moment.replace(tzinfo=zone).timestamp()
    return parse_instant_or_day(text, _UTC).timestamp()
