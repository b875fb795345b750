"""Plans, shows and stops campaigns on behalf of one person."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CampaignRow, EventRow
from db.queries.published import CASE, table_of
from workbench.domain.clock.calendar import WorkingCalendar
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _
from workbench.services.foundation.case_access import logins_of
from workbench.services.foundation.context import Service
from workbench.services.foundation.input_checks import checked_reason
from workbench.services.foundation.row_values import from_row
from workbench.services.time.campaigns.opening import (
    CAMPAIGN,
    CAMPAIGN_CASE,
    WAITS,
    awaits_campaign,
    choose_cases,
    open_due_re_reviews,
    opened_today,
)

_EVENT = table_of(EventRow)
_STOP = "policy campaign stop"
_VERDICT_OF_STATE: Mapping[str, str] = {
    CaseState.PASSED.value: "pass",
    CaseState.FAILED.value: "fail",
    CaseState.RECTIFYING.value: "fail",
    CaseState.LAPSED.value: "fail",
    CaseState.APPEALED.value: "fail",
    CaseState.PENDING.value: "pending",
    CaseState.WITHDRAWN.value: "withdrawn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRequest:
    """The request for a campaign. Either the rules or the filter choose its cases."""

    rules: tuple[str, ...] = ()
    filter: str = ""
    per_day: int = 1
    """The number of cases that it opens each working day."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlan:
    """The plan of a campaign: how many cases it reviews again, and from which day to which day it opens them.

    `passed`, `in_review` and `by_rule` are as in `ChosenCases`.
    """

    id: int | None
    """None for a dry run."""
    passed: int
    in_review: int
    chosen: int
    by_rule: Mapping[str, int]
    first_on: date | None
    last_on: date | None
    opened: int
    """The number of cases that were opened at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    """The progress of a campaign, and the number of its cases in each stage."""

    id: int
    reason: str
    filter: str
    rules: tuple[str, ...]
    per_day: int
    policy_version_id: int
    started_at: datetime
    started_by: str
    stopped_at: datetime | None
    stopped_by: str | None
    stop_reason: str
    """Empty unless the campaign was stopped."""
    planned: int
    opened: int
    decided: Mapping[str, int]
    """The opened cases by verdict (pass, fail, pending) or withdrawal."""
    in_review: int
    """Opened cases without a verdict."""
    skipped: int
    """Cases that could not be opened: they were not passed any more, or their application had a newer case."""
    dropped: int
    """Cases that were not opened before the campaign was stopped."""
    left: int
    """Cases that are still to be opened."""
    last_on: date | None
    """The day on which the last case is opened; None if no case is left."""


class Campaigns(Service):
    """Plans re-reviews of passed cases and shows their progress."""

    def start(self, request: CampaignRequest, *, dry_run: bool = False) -> CampaignPlan:
        """Plan the re-reviews of the chosen cases, and open those of today; with `dry_run` only count them.

        Raises:
            NotAllowed: If the person is not an admin, or no case is chosen.
            FilterProblem: If the filter is invalid.
            WrongUsage: If neither a rule nor a filter is given, the reason is empty, or the policy has no such rule.
        """
        context = self.context
        with context.as_admin("policy campaign"):
            if not request.rules and not request.filter.strip():
                raise WrongUsage(_("Say which passed cases to review again: --rule CODE or --filter F."))
            reason = checked_reason(
                request.reason, _("A campaign needs a reason, which the applicants read; give it with --reason.")
            )
            choice = choose_cases(context, request.rules, request.filter)
            with context.read() as session:
                calendar, today = context.calendar(session), context.today(session)
                days = list(_days(calendar, today, request.per_day, len(choice.case_ids)))
            first_on, last_on = (days[0], days[-1]) if days else (None, None)
            plan = from_row(
                CampaignPlan, choice, id=None, chosen=len(days), first_on=first_on, last_on=last_on, opened=0
            )
            if dry_run:
                return plan
            if not choice.case_ids:
                raise NotAllowed(_("No passed case is chosen; there is nothing to review again."))
            with context.write() as session:
                # Another campaign may have been started since the cases were chosen.
                chosen_elsewhere = awaits_campaign(session, choice.case_ids)
                case_ids = [case_id for case_id in choice.case_ids if case_id not in chosen_elsewhere]
                campaign_id = self._add(session, request, reason, case_ids, days)
            return from_row(
                CampaignPlan, plan, id=campaign_id, chosen=len(case_ids), opened=open_due_re_reviews(context)
            )

    def _add(
        self, session: Session, request: CampaignRequest, reason: str, case_ids: Sequence[int], days: Sequence[date]
    ) -> int:
        context = self.context
        campaign = CampaignRow(
            reason=reason,
            filter=request.filter.strip(),
            rules=" ".join(request.rules),
            policy_version_id=context.policy_id(session),
            per_day=request.per_day,
            started_at=context.now(),
            started_by_id=context.actor.id,
        )
        session.add(campaign)
        session.flush()
        rows = [
            {"campaign_id": campaign.id, "case_id": case_id, "opens_on": on}
            for case_id, on in zip(case_ids, islice(days, len(case_ids)), strict=True)
        ]
        if rows:
            session.execute(insert(CAMPAIGN_CASE), rows)
        body = {"campaign": campaign.id, "count": len(rows), "reason": mask_digits_within(reason)}
        context.log(session, "policy campaign", body=body)
        return campaign.id or 0

    def list(self) -> tuple[CampaignProgress, ...]:
        """Return all campaigns, the newest first."""
        with self.context.read() as session:
            ids = session.execute(select(CAMPAIGN.c.id).order_by(CAMPAIGN.c.id.desc())).scalars().all()
            return tuple(self._progress(session, campaign_id) for campaign_id in ids)

    def show(self, campaign_id: int) -> CampaignProgress:
        """Return the progress of a campaign.

        Raises:
            NotFound: If there is no such campaign.
        """
        with self.context.read() as session:
            return self._progress(session, campaign_id)

    def stop(self, campaign_id: int, reason: str) -> CampaignProgress:
        """Stop a campaign: cases not opened yet are dropped, opened ones stay.

        Raises:
            NotFound: If there is no such campaign.
            NotAllowed: If the person is not an admin, or the campaign is stopped already.
            WrongUsage: If no reason is given.
        """
        context = self.context
        with context.as_admin(_STOP):
            text = checked_reason(reason, _("Stopping a campaign needs a reason; give it with --reason."))
            with context.write() as session:
                campaign = session.get(CampaignRow, campaign_id)
                if campaign is None:
                    raise _unknown(campaign_id)
                if campaign.stopped_at is not None:
                    raise NotAllowed(_("Campaign {number} is stopped already.").format(number=campaign_id))
                campaign.stopped_at = context.now()
                body = {"campaign": campaign_id, "reason": mask_digits_within(text)}
                context.log(session, _STOP, body=body)
            return self.show(campaign_id)

    def _progress(self, session: Session, campaign_id: int) -> CampaignProgress:
        row = session.get(CampaignRow, campaign_id)
        if row is None:
            raise _unknown(campaign_id)
        planned = _count(session, campaign_id)
        waiting = _count(session, campaign_id, *WAITS)
        states = (
            select(CASE.c.state, func.count())
            .join(CAMPAIGN_CASE, CAMPAIGN_CASE.c.opened_case_id == CASE.c.id)
            .where(CAMPAIGN_CASE.c.campaign_id == campaign_id)
            .group_by(CASE.c.state)
        )
        by_verdict: Counter[str] = Counter()
        for state, number in session.execute(states):
            by_verdict[_VERDICT_OF_STATE.get(state, "in_review")] += number
        opened, is_stopped = by_verdict.total(), row.stopped_at is not None
        left = 0 if is_stopped else waiting
        stopped_by, stop_reason = _stop_of(session, campaign_id) if is_stopped else (None, "")
        return from_row(
            CampaignProgress,
            row,
            reason=mask_digits_within(row.reason),
            filter=mask_digits_within(row.filter),
            rules=tuple(row.rules.split()),
            started_by=logins_of(session)[row.started_by_id],
            stopped_by=stopped_by,
            stop_reason=stop_reason,
            planned=planned,
            opened=opened,
            decided={name: by_verdict[name] for name in ("pass", "fail", "pending", "withdrawn")},
            in_review=by_verdict["in_review"],
            skipped=planned - waiting - opened,
            dropped=waiting if is_stopped else 0,
            left=left,
            last_on=self._last_on(session, campaign_id, row.per_day, left) if left else None,
        )

    def _last_on(self, session: Session, campaign_id: int, per_day: int, left: int) -> date:
        """Return the day on which the last case is opened: as planned, or later if days were missed."""
        context, today = self.context, self.context.today(session)
        last = select(func.max(CAMPAIGN_CASE.c.opens_on)).where(CAMPAIGN_CASE.c.campaign_id == campaign_id, *WAITS)
        planned: date = session.execute(last).scalar_one()
        calendar, days = context.calendar(session), (left - 1 + opened_today(session, context, campaign_id)) // per_day
        possible = calendar.working_day_from(today)
        return max(planned, calendar.nth_working_day_after(possible, days) if days else possible)


def _days(calendar: WorkingCalendar, today: date, per_day: int, number: int) -> Iterator[date]:
    """Yield the day on which each of some cases is opened: `per_day` cases each working day, from today on."""
    day = calendar.working_day_from(today)
    for position in range(number):
        if position and position % per_day == 0:
            day = calendar.next_working_day(day)
        yield day


def _count(session: Session, campaign_id: int, *conditions: Any) -> int:
    statement = select(func.count()).select_from(CAMPAIGN_CASE).where(CAMPAIGN_CASE.c.campaign_id == campaign_id)
    return int(session.execute(statement.where(*conditions)).scalar_one())


def _stop_of(session: Session, campaign_id: int) -> tuple[str | None, str]:
    """Return who stopped a campaign and why, from the log."""
    stops = select(_EVENT.c.actor_login, _EVENT.c.body).where(
        _EVENT.c.case_id.is_(None), _EVENT.c.action == _STOP, ~_EVENT.c.is_refused
    )
    events = ((login, json.loads(body)) for login, body in session.execute(stops.order_by(_EVENT.c.seq.desc())))
    return next(((login, body["reason"]) for login, body in events if body["campaign"] == campaign_id), (None, ""))


def _unknown(campaign_id: int) -> NotFound:
    message = _("There is no campaign {number}; `workbench policy campaign show` lists them.")
    return NotFound(message.format(number=campaign_id))
