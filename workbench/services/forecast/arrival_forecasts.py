"""What receipts can say of the time to come, worked out before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, ServiceClass, Severity
from workbench.domain.forecast.queue.position import QueuePosition, QueueSnapshot, position_of, rounded_count
from workbench.domain.forecast.result import CaseForecast
from workbench.services.forecast.queue_snapshot import read_line
from workbench.services.foundation.context import Context

if TYPE_CHECKING:
    from workbench.services.forecast.forecasts import Arrival, Forecasts

_Key = tuple[ApplicantKind, str, ServiceClass, QueuePosition, datetime | None, int]
"""What cases have in common of which the same is expected.

Kind, findings, class, place, until when work on them is suspended, and how many are ahead.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case that comes into the queue; `is_told` says whether its applicant is told what is expected of it.

    `gravest` is the severity of its gravest finding, None without any. `stopped_until` is until when work on it is
    suspended now, None if it is not.
    """

    applicant_kind: ApplicantKind
    gravest: Severity | None
    service_class: ServiceClass
    priority_rank: int
    due_at: datetime
    is_told: bool
    stopped_until: datetime | None = None


class ArrivalForecasts:
    """What is expected of the cases of one import, each behind those that came before it.

    A forecast takes milliseconds, so cases that are alike, at one place in the queue and with about as many ahead,
    share one. The database is read, so that no write transaction may be open.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[_Key, CaseForecast] = {}

    def of(self, comers: Sequence[NewCase]) -> list[CaseForecast | None]:
        """Return what is expected of cases in the order in which they come; None of those that are told nothing."""
        now = self.context.now()
        keys: list[_Key | None] = []
        arrivals: dict[_Key, NewCase] = {}
        for comer in comers:
            place = position_of(comer.due_at, comer.priority_rank, now, self._zone)
            ahead = rounded_count(self._line.join(place))
            key = (comer.applicant_kind, _findings(comer), comer.service_class, place, comer.stopped_until, ahead)
            keys.append(key if comer.is_told else None)
            if comer.is_told and key not in self._known:
                arrivals.setdefault(key, comer)
        if arrivals:
            found = self._forecasts.of_arrivals([self._arrival(comer, key) for key, comer in arrivals.items()])
            self._known.update(zip(arrivals, found, strict=True))
        return [None if key is None else self._known[key] for key in keys]

    @staticmethod
    def _arrival(comer: NewCase, key: _Key) -> "Arrival":
        from workbench.services.forecast.forecasts import Arrival

        return Arrival(
            service_class=comer.service_class,
            priority_rank=comer.priority_rank,
            due_at=comer.due_at,
            attributes={"applicant_kind": comer.applicant_kind.value, "findings": _findings(comer)},
            ahead=key[-1],
            stopped_until=comer.stopped_until,
        )

    @cached_property
    def _zone(self) -> ZoneInfo:
        with self.context.read() as session:
            return self.context.zone(session)

    @cached_property
    def _line(self) -> QueueSnapshot:
        with self.context.read() as session:
            return read_line(session, self._zone, self.context.now())

    @cached_property
    def _forecasts(self) -> "Forecasts":
        # What it needs takes longer to import than many an import of files.
        from workbench.services.forecast.forecasts import Forecasts

        return Forecasts(self.context)


def _findings(comer: NewCase) -> str:
    """Return how grave the findings are, in the words of the forecast."""
    return comer.gravest.value if comer.gravest in {Severity.BLOCK, Severity.WARN} else "none"
