"""The board: how many cases are in which state, how many each person has, and how many arrive and are decided."""

from collections import Counter, defaultdict
from collections.abc import Set
from datetime import date, datetime, time, timedelta
from functools import partial
from statistics import median

from sqlmodel import Session

from db.columns import from_us
from db.enums import Role
from db.queries import board
from db.queries.listing import case_breakdown, case_pages
from db.queries.outbox import count_owed
from workbench.domain.case.lifecycle import Action, missing_role_refusal, role_refusal
from workbench.domain.filter.figures import NOBODY, OFFICE_FIGURES, PERSON_FIGURES, Board, BoardDay, BoardPerson
from workbench.domain.forecast.result import QueueForecast
from workbench.services.foundation.context import Service
from workbench.services.queue.filters import case_query

DAYS = 30
"""The working days that the board counts."""

AGES = 22
"""The days of age that the board tells apart; the last one stands for all older cases."""

_MEDIAN_DAYS = 5
_MINUTE_US = 60_000_000
_READERS = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR})
_READERS_OF_ALL = frozenset({Role.SUPERVISOR, Role.AUDITOR})


class Boards(Service):
    """Counts the cases of the office and of each person."""

    def read(self, *, without: Set[str] = frozenset()) -> Board:
        """Return the board; a person who is only a reviewer gets the counts of the office and one row, theirs.

        `without` names the figures to leave out.

        Raises:
            NotAllowed: If the person is no reviewer, supervisor or auditor.
        """
        actor, refusal = self.context.actor, partial(missing_role_refusal, _READERS)
        only = None if missing_role_refusal(_READERS_OF_ALL, actor) is None else actor.login
        with self.context.requiring("board", refusal), self.context.read() as session:
            return Board(
                counts=self._office(session, without),
                people=tuple(self._people(session, only, without)),
                days=self._days(session),
                ages=self._ages(session),
            )

    def clearing(self, reviewers: int | None = None) -> QueueForecast | None:
        """Return when the queue is cleared, None for a person without forecasts.

        `reviewers` is by default the number of reviewers who are present.
        """
        if role_refusal(Action.FORECAST, self.context.actor) is not None:
            return None
        # Imported late: the counts are there before a model is fitted.
        from workbench.services.forecast.forecasts import Forecasts

        return Forecasts(self.context).of_queue(reviewers)

    def _office(self, session: Session, without: Set[str]) -> dict[str, int]:
        now = self.context.now()
        counts = {"unsent_letters": count_owed(session, now), **board.owed_counts(session, now)}
        # All states in one pass, instead of a count for each.
        counts |= case_breakdown.breakdown(session, case_query(session, self.context, ""), "state")
        for figure in OFFICE_FIGURES:
            if figure.filter is not None and not figure.filter.startswith("state:") and figure.name not in without:
                cases = case_query(session, self.context, figure.filter)
                counts[figure.name] = case_pages.count_cases(session, cases)
        return {figure.name: counts.get(figure.name, 0) for figure in OFFICE_FIGURES if figure.name not in without}

    def _people(self, session: Session, only: str | None, without: Set[str]) -> list[BoardPerson]:
        """Return the rows of the reviewers, then that of nobody; `only` is the login of a single row."""
        today = self.context.today(session)
        since = datetime.combine(today - timedelta(days=_MEDIAN_DAYS), time(), tzinfo=self.context.zone(session))
        minutes: dict[int, list[float]] = defaultdict(list)
        for taken in board.handling_times(session, since):
            minutes[taken.maker_id].append(taken.took_us / _MINUTE_US)
        counts = {
            figure.name: self._by_person(session, figure.filter, figure.by)
            for figure in PERSON_FIGURES
            if figure.name not in without
        }
        rows = [
            BoardPerson(
                login=row.login,
                counts={name: found[row.id] for name, found in counts.items()},
                median_minutes=median(minutes[row.id]) if minutes[row.id] else None,
                is_away=bool(row.is_away),
                away_until=row.away_until,
            )
            for row in board.reviewers_on(session, today)
        ]
        rows.append(BoardPerson(login=NOBODY, counts={name: found[0] for name, found in counts.items()}))
        return [row for row in rows if only in {None, row.login}]

    def _by_person(self, session: Session, filter_text: str, by: str) -> Counter[int]:
        """Return how many cases of a filter each person has; 0 stands for nobody."""
        cases = case_query(session, self.context, filter_text)
        found: Counter[int] = Counter()
        for value, number in case_breakdown.breakdown(session, cases, by).items():
            people = {int(each) for each in str(value or "").split("/") if each}
            found.update(dict.fromkeys(people or {0}, number))
        return found

    def _ages(self, session: Session) -> tuple[int, ...]:
        """Return the number of open cases by age in days, from 0 on; the last number counts all older cases too."""
        zone, today = self.context.zone(session), self.context.today(session)
        counts = Counter[int]()
        received = case_breakdown.breakdown(session, case_query(session, self.context, ""), "received")
        for quarter_hour, cases in received.items():
            days = (today - from_us(quarter_hour * case_breakdown.QUARTER_US).astimezone(zone).date()).days
            counts[min(max(days, 0), AGES - 1)] += cases
        return tuple(counts[days] for days in range(AGES))

    def _days(self, session: Session) -> tuple[BoardDay, ...]:
        """Return the last working days up to today; what happens on a day off counts to the next working day."""
        calendar, today = self.context.calendar(session), self.context.today(session)
        days: list[date] = []
        day = today
        while len(days) < DAYS:
            if calendar.is_working(day) or day == today:
                days.append(day)
            day -= timedelta(days=1)
        days.reverse()
        since = datetime.combine(days[0], time(), tzinfo=calendar.zone)
        arrived: Counter[date] = Counter()
        decided: Counter[date] = Counter()
        for row in board.arrivals_and_verdicts(session, since):
            happened = from_us(row.quarter * case_breakdown.QUARTER_US).astimezone(calendar.zone).date()
            on = next((day for day in days if day >= happened), today)
            arrived[on] += row.arrived
            decided[on] += row.decided
        return tuple(BoardDay(on=day, arrived=arrived[day], decided=decided[day]) for day in days)
