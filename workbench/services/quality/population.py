"""Finds the decisions of a period that can be drawn into a sample, each with its stratum."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, select
from sqlmodel import Session

from db.enums import FINAL_STATES, IN_EFFECT, Role
from db.models import DecisionReasonRow, EventRow, ReviewerRoleRow, ReviewerRow
from db.queries.published import APPLICATION, CASE, DECISION, table_of
from workbench.domain.case.lifecycle import Action
from workbench.domain.policy.policy import OVERRIDE_REASON
from workbench.domain.quality.period import Period
from workbench.domain.quality.sample import Candidate, fast_limits, is_below
from workbench.i18n import N_
from workbench.services.foundation.context import Context

STRATA = {
    "reviewer": N_("reviewer"),
    "verdict": N_("verdict"),
    "risk": N_("risk"),
    "class": N_("service class"),
    "province": N_("province"),
    "agent": N_("agent"),
}
"""What strata can be made of, each with its word on the screen."""

FAST, OVERRIDDEN = "fast", "overridden"
"""The strata of decisions that were made unusually fast, and of passes against a blocking finding."""

_EVENT, _REASON = table_of(EventRow), table_of(DecisionReasonRow)
_PERSON, _ROLE = table_of(ReviewerRow), table_of(ReviewerRoleRow)
_HELD_BY = (Action.NEXT.value, Action.TAKE.value)


@dataclass(slots=True)
class Population:
    """The decisions of a period that can be drawn, and how many cannot, by cause."""

    candidates: list[Candidate] = field(default_factory=list)
    cases: dict[int, int] = field(default_factory=dict)
    """The case of each decision."""
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def strata(self) -> dict[str, int]:
        """The number of decisions in each stratum."""
        return dict(Counter(candidate.stratum for candidate in self.candidates))


def population_of(session: Session, context: Context, period: Period, by: tuple[str, ...]) -> Population:
    """Return the decisions in effect of a period, with strata made of the parts in `by`.

    A decision is left out while its case is open, after what it was based on was erased, and if every reviewer has
    already acted on its case.
    """
    start, end = period.instants(context.zone(session))
    decisions = session.execute(_decisions(start, end)).mappings().all()
    seconds = _held_seconds(session, start, end)
    limits = fast_limits((_kind(row), seconds[row["id"]]) for row in decisions if row["id"] in seconds)
    readers, touched = _readers(session), _touched(session, start, end)
    found = Population()
    for row in decisions:
        if row["state"] not in FINAL_STATES:
            found.left_out["open"] += 1
        elif row["is_erased"]:
            found.left_out["erased"] += 1
        elif readers <= touched.get(row["case_id"], frozenset()) | {row["maker_id"]}:
            found.left_out["handled"] += 1
        else:
            is_fast = row["id"] in seconds and is_below(seconds[row["id"]], limits.get(_kind(row)))
            usual = ", ".join(str(row[part] or "–") for part in by)
            stratum = OVERRIDDEN if row["is_override"] else FAST if is_fast else usual
            found.candidates.append(Candidate(row["id"], stratum))
            found.cases[row["id"]] = row["case_id"]
    return found


def _decisions(start: datetime, end: datetime) -> Any:
    is_override = (
        select(1)
        .where(_REASON.c.decision_id == DECISION.c.id, _REASON.c.code == OVERRIDE_REASON)
        .exists()
        .label("is_override")
    )
    return (
        select(
            DECISION.c.id,
            DECISION.c.case_id,
            DECISION.c.maker_id,
            DECISION.c.verdict,
            DECISION.c.seen.not_like('%"policy_version"%').label("is_erased"),
            is_override,
            _PERSON.c.login.label("reviewer"),
            CASE.c.state,
            CASE.c.risk,
            CASE.c.service_class.label("class"),
            CASE.c.agent,
            APPLICATION.c.province,
        )
        .join(CASE, CASE.c.id == DECISION.c.case_id)
        .join(APPLICATION, APPLICATION.c.id == CASE.c.application_id)
        .join(_PERSON, _PERSON.c.id == DECISION.c.maker_id)
        .where(DECISION.c.status.in_(IN_EFFECT), DECISION.c.decided_at >= start, DECISION.c.decided_at < end)
        .order_by(DECISION.c.id)
    )


def _kind(row: RowMapping) -> str:
    """Return the kind of decision that usually takes as long."""
    return f"{row['class']} {row['verdict']}"


def _held_seconds(session: Session, start: datetime, end: datetime) -> dict[int, float]:
    """Return, by decision, the seconds from when its maker last took the case until the decision."""
    events = (
        select(_EVENT.c.case_id, _EVENT.c.actor_id, _EVENT.c.action, _EVENT.c.at, _EVENT.c.body)
        .where(_EVENT.c.action.in_((*_HELD_BY, Action.DECIDE.value)), _EVENT.c.is_refused.is_(False))
        .where(_EVENT.c.case_id.in_(_decided_cases(start, end)))
        .order_by(_EVENT.c.seq)
    )
    taken: dict[tuple[int, int], datetime] = {}
    seconds: dict[int, float] = {}
    for case, actor, action, at, body in session.execute(events.execution_options(yield_per=5_000)):
        if action != Action.DECIDE.value:
            taken[case, actor] = at
        elif (case, actor) in taken and (decision := json.loads(body).get("decision")):
            seconds[int(decision)] = (at - taken[case, actor]).total_seconds()
    return seconds


def _decided_cases(start: datetime, end: datetime) -> Any:
    return select(DECISION.c.case_id).where(DECISION.c.decided_at >= start, DECISION.c.decided_at < end)


def _readers(session: Session) -> frozenset[int]:
    """Return who can give a second opinion."""
    people = (
        select(_PERSON.c.id)
        .join(_ROLE, and_(_ROLE.c.reviewer_id == _PERSON.c.id, _ROLE.c.role == Role.REVIEWER.value))
        .where(_PERSON.c.is_active)
    )
    return frozenset(session.execute(people).scalars())


def _touched(session: Session, start: datetime, end: datetime) -> Mapping[int, frozenset[int]]:
    """Return, by case with a decision in a period, who has acted on it."""
    acts = (
        select(_EVENT.c.case_id, _EVENT.c.actor_id)
        .where(
            _EVENT.c.case_id.in_(_decided_cases(start, end)),
            _EVENT.c.actor_id.is_not(None),
            _EVENT.c.is_refused.is_(False),
        )
        .distinct()
    )
    found: dict[int, set[int]] = {}
    for case, actor in session.execute(acts):
        found.setdefault(case, set()).add(actor)
    return {case: frozenset(actors) for case, actors in found.items()}
