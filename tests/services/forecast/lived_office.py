"""Fills a database with the cases and the log of a simulated office."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from sqlalchemy import insert, text

from db.columns import to_us
from db.models import EventRow
from tests.domain.forecast.queue.simulated_office import Plan, SimulatedOffice, instant_of
from tests.sites import TUESDAY, Site, plant
from workbench.domain.forecast.case_history import CaseHistory, HistoryStep

MAKERS = {"a": 2, "b": 3, "c": 4}
PLAN = Plan(
    seed=4,
    cases=700,
    arrivals=22,
    reviewers=3,
    speed=12,
    drift=1,
    leaves_after=2,
    holiday_after_days=300,
    first_day=date(2026, 10, 9),
)
"""Three reviewers who work from the end of the National Day holiday to TUESDAY."""

_ACTIONS = {"queued": "resubmit", "passed": "approve", "failed": "decide", "lapsed": "tick"}


def lived(site: Site, plan: Plan = PLAN) -> dict[int, CaseHistory]:
    """Write the past of a simulated office into a site, and return the case histories by case number."""
    simulated = _simulated(plan)
    now = simulated.time.from_instant(TUESDAY)
    histories = [known for history in simulated.history.cases if (known := history.until(now)) is not None]
    database = site.services("admin").context.database
    numbers = plant(database, TUESDAY - timedelta(days=60), len(histories), due_in_days=90)
    by_number = dict(zip(numbers, histories, strict=True))
    with database.write() as session:
        session.execute(
            text(
                """UPDATE "case" SET state = :state, round = :round, service_class = :class,
                complete_at = :complete, due_at = :due, waits_for = :waits WHERE id = :id"""
            ),
            [_case(simulated, number, history) for number, history in by_number.items()],
        )
        acts = [act for number, history in by_number.items() for act in _acts(number, history)]
        acts.sort(key=lambda act: act[1])
        seq = int(session.execute(text("SELECT max(seq) FROM event")).scalar_one())
        makers = list(MAKERS.values())
        session.execute(
            insert(EventRow),
            [
                {
                    "seq": seq + place,
                    "at": instant_of(simulated.time, at),
                    "actor_id": makers[place % len(makers)],
                    "actor_login": "",
                    "identity": "",
                    "action": action,
                    "case_id": number,
                    "state": state,
                    "is_clock_running": state not in {"rectifying", "pending"},
                    "is_refused": False,
                    "body": "{}",
                    "prev_hash": "",
                    "hash": "",
                }
                for place, (number, at, action, state) in enumerate(acts, start=1)
            ],
        )
    return by_number


@cache
def _simulated(plan: Plan) -> SimulatedOffice:
    """Simulate an office once in a process."""
    return SimulatedOffice(plan)


def _case(simulated: SimulatedOffice, number: int, history: CaseHistory) -> dict[str, object]:
    first, last = history.steps[0], history.steps[-1].what
    complete_at = instant_of(simulated.time, first.at)
    return {
        "id": number,
        "state": last,
        "round": 1 + sum(step.what == "queued" for step in history.steps[1:]),
        "class": history.attributes["service_class"],
        "complete": to_us(complete_at),
        "due": to_us(instant_of(simulated.time, int(first.at) + 1.0 + history.class_days)),
        "waits": "applicant" if last == "pending" else "",
    }


def _acts(number: int, history: CaseHistory) -> Iterator[tuple[int, float, str, str]]:
    """Yield the actions that the log has of a case history."""
    before: HistoryStep | None = None
    for step in history.steps:
        if before is None:
            yield number, step.at, "complete", step.what
        elif before.what == "verdict":
            yield number, step.at, "decide", step.what
        elif step.what != "verdict":
            yield number, step.at, _ACTIONS[step.what], step.what
        before = step
