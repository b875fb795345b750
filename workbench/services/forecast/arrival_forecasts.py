"""Forecasts for the receipts of imported cases, made before the write transaction that queues the cases.

The forecast of an incomplete case assumes that its documents come now.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from workbench.domain.forecast.queue.position import QueueSnapshot, position_of, rounded_count
from workbench.domain.forecast.result import CaseForecast
from workbench.services.forecast.incomplete_cases import NewCase, read_queue
from workbench.services.foundation.context import Context, Service

if TYPE_CHECKING:
    from workbench.services.forecast.forecasts import Forecasts


class ArrivalForecasts(Service):
    """The forecasts of the cases of one import, each queued behind those before it.

    A forecast takes milliseconds. Therefore, cases share one if they have the same attributes, the same position in the
    queue and, rounded, as many cases ahead. A forecast reads the database, so no write transaction may be open.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._forecast_by_key: dict[tuple[object, ...], CaseForecast] = {}

    def of(self, cases: Sequence[NewCase]) -> list[CaseForecast | None]:
        """Return the forecasts of cases in the order in which they are queued, None if the applicant gets none."""
        now = self.context.now()
        keys: list[tuple[object, ...] | None] = []
        new_case_by_key: dict[tuple[object, ...], NewCase] = {}
        for case in cases:
            position = position_of(case.due_at, case.priority_rank, now, self._zone)
            ahead = rounded_count(self._queue.join(position, case.overtaken_count))
            key = (*case.attributes.values(), case.findings_if_answered, position, case.stopped_until, ahead)
            keys.append(key if case.gets_forecast else None)
            if case.gets_forecast and key not in self._forecast_by_key:
                new_case_by_key.setdefault(key, replace(case, ahead=ahead))
        if new_case_by_key:
            found = self._forecasts.of_arrivals(list(new_case_by_key.values()))
            self._forecast_by_key.update(zip(new_case_by_key, found, strict=True))
        return [None if key is None else self._forecast_by_key[key] for key in keys]

    @cached_property
    def _zone(self) -> ZoneInfo:
        with self.context.read() as session:
            return self.context.zone(session)

    @cached_property
    def _queue(self) -> QueueSnapshot:
        with self.context.read() as session:
            return read_queue(session, self._zone, self.context.now())

    @cached_property
    def _forecasts(self) -> "Forecasts":
        # Imported on first use: importing the model can take longer than the whole import of a file.
        from workbench.services.forecast.forecasts import Forecasts

        return Forecasts(self.context)
