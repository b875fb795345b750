"""Events gathered into traces, within bounds."""

from workbench.domain.forecast.learning.event_trace import Event, Trace, in_order
from workbench.domain.text.safe import safe
from workbench.domain.values.values import BadValue
from workbench.i18n import _
from workbench.services.eventlogs.instants import seconds
from workbench.services.reading.problems import FileProblem, RowProblem

MOST_EVENTS = 3_000_000
"""A log of more events does not fit into the memory of a small machine."""

_LONGEST_NAME = 300


class Gathering:
    """The events of a log by their case, in the order of the file."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._events: dict[str, list[Event]] = {}
        self._names: dict[str, str] = {}
        self._count = 0

    def add(self, case: str, activity: str, at: str, *, line: int, columns: tuple[str, str, str]) -> None:
        """Add an event.

        Raises:
            FileProblem: If a value is missing or unreadable, or there are too many events; `columns` names those of
                the three values.
        """
        for value, column in zip((case, activity, at), columns, strict=True):
            if not value.strip():
                raise self.problem(_("The value is missing; fill it in."), line, column)
            if len(value) > _LONGEST_NAME:
                message = _("The value is longer than {limit} characters; shorten it.").format(limit=_LONGEST_NAME)
                raise self.problem(message, line, column)
        self._count += 1
        self.refuse_more(0, line)
        try:
            at_s = seconds(at)
        except BadValue as error:
            raise self.problem(str(error), line, columns[2]) from error
        # One text serves all events of an activity, however many there are.
        activity = self._names.setdefault(activity.strip(), activity.strip())
        self._events.setdefault(case.strip(), []).append(Event(activity, at_s))

    def refuse_more(self, waiting: int, line: int) -> None:
        """Refuse a log that does not fit, with so many events that wait to be added.

        Raises:
            FileProblem: If there are too many events.
        """
        if self._count + waiting > MOST_EVENTS:
            message = _("The log has more than {limit} events; give a part of it.").format(limit=f"{MOST_EVENTS:,}")
            raise self.problem(message, line)

    def problem(self, message: str, line: int = 0, column: str = "") -> FileProblem:
        """Return a problem of this file."""
        return FileProblem(RowProblem(file=self._file, line=line, column=safe(column), message=message))

    def traces(self) -> tuple[Trace, ...]:
        """Return the traces, in the order in which their cases first came.

        Raises:
            FileProblem: If there are none.
        """
        if not self._events:
            raise self.problem(_("The log has no events; it needs at least one case."))
        return tuple(in_order(case, events) for case, events in self._events.items())
