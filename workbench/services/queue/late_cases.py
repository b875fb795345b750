"""Finds which cases of a list are likely to be late, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from db.enums import CaseState, InquiryStatus
from db.queries import board
from db.queries.published import INQUIRY
from workbench.domain.clock.late_risk import LateRisk, late_risk
from workbench.services.case.inquiries import read_inquiries
from workbench.services.forecast.forecasts import Forecasts
from workbench.services.foundation.context import Context


def late_shares(context: Context, session: Session) -> Mapping[int, float]:
    """Return the chance (0 to 1) of each open case to be late, up to a minute old."""
    _as_of, chances = Forecasts(context).late_chances(session)
    return {case_id: chance.share for case_id, chance in chances.items()}


def late_risks(context: Context, session: Session, rows: Sequence[Any]) -> Mapping[int, LateRisk]:
    """Return the chance to be late and its cause, by case; `rows` are rows of `case_rows`."""
    as_of, chances = Forecasts(context).late_chances(session)
    away = {row.login: row.away_until for row in board.reviewers_on(session, context.today(session)) if row.is_away}
    conditions = (INQUIRY.c.case_id.in_([row.id for row in rows]), INQUIRY.c.status == InquiryStatus.OPEN.value)
    asked = {line.case_id: line.department_name for line in read_inquiries(session, context, conditions)}
    returns = board.returned_verdicts(session, [row.id for row in rows])
    return {
        row.id: late_risk(
            CaseState(row.state),
            row.held_by or row.assignee or "",
            chances[row.id],
            as_of=as_of,
            returns=returns.get(row.id, 0),
            away=away,
            department=asked.get(row.id, ""),
        )
        for row in rows
        if row.id in chances
    }
