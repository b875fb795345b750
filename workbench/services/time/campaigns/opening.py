"""Chooses the passed cases that campaigns review again, and opens a limited number of re-reviews each working day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import exists, func, select
from sqlmodel import Session

from db.enums import CaseState, Trigger
from db.models import CampaignCaseRow, CampaignRow, CaseRow
from db.queries.listing import case_pages
from db.queries.numbers import take_case_numbers
from db.queries.published import (
    APPLICATION,
    CASE,
    EVERYTHING,
    chunks,
    current_cases,
    is_published,
    last_seq,
    newest_visible_rows,
    table_of,
)
from db.queries.search_index import index_cases, terms_of
from workbench.domain.case.case_id import format_case
from workbench.domain.text.mask import mask_digits_within
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case.assessment import assess, store_assessment
from workbench.services.case.evidence_reader import EvidenceReader, application_key, read_evidence
from workbench.services.clock.case_clocks import update_due_date
from workbench.services.foundation.context import Context
from workbench.services.notices.due_date_notices import Outlook, notify
from workbench.services.notices.letter_facts import ClockLetterKind, LetterFacts
from workbench.services.queue.filters import case_query

CAMPAIGN = table_of(CampaignRow)
CAMPAIGN_CASE = table_of(CampaignCaseRow)

WAITS = (CAMPAIGN_CASE.c.opened_case_id.is_(None), CAMPAIGN_CASE.c.skipped_at.is_(None))
"""The conditions on a case that its campaign has neither opened nor skipped."""

_PASSED_FILTER = f"state:{CaseState.PASSED.value}"
_CASES_READ_TOGETHER = 200
_NO_LIMIT = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCases:
    """The passed cases that are chosen, in the order in which they were opened."""

    case_ids: tuple[int, ...]
    passed: int
    """The number of passed cases that the filter selects, chosen or not."""
    in_review: int
    """How many of them are reviewed again already: the application has a newer case, or a campaign will open it."""
    by_rule: dict[str, int]
    """The number of chosen cases that hit each rule."""


def choose_cases(context: Context, rules: Sequence[str], filter_text: str) -> ChosenCases:
    """Return the passed cases that a filter selects and that hit one of some rules under the policy in force.

    Without rules, the filter alone decides.

    Raises:
        FilterProblem: If the filter is invalid.
        WrongUsage: If the policy in force has no such rule.
    """
    with context.read() as session:
        rules_in_force = context.policy(session).rules
        unknown = next((rule for rule in rules if rule not in rules_in_force), None)
        if unknown is not None:
            raise WrongUsage(_("The policy in force has no rule {rule}.").format(rule=unknown))
        selected = case_query(session, context, f"{filter_text} {_PASSED_FILTER}".strip())
        ids = sorted(case_pages.page(session, selected, skip=0, limit=_NO_LIMIT))
    chosen: list[int] = []
    free_count = 0
    by_rule: Counter[str] = Counter()
    for chunk in chunks(ids, _CASES_READ_TOGETHER):
        with context.read() as session:
            cases = list(_free_cases(session, chunk))
            free_count += len(cases)
            for case, hit in _hits(session, context, cases, rules):
                by_rule.update(hit)
                chosen.append(case.id or 0)
    return ChosenCases(case_ids=tuple(chosen), passed=len(ids), in_review=len(ids) - free_count, by_rule=dict(by_rule))


def awaits_campaign(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return which of some cases a running campaign will open again."""
    is_running = exists().where(CAMPAIGN.c.id == CAMPAIGN_CASE.c.campaign_id, CAMPAIGN.c.stopped_at.is_(None))
    statement = select(CAMPAIGN_CASE.c.case_id).where(*WAITS, is_running)
    found = (session.execute(statement.where(CAMPAIGN_CASE.c.case_id.in_(chunk))) for chunk in chunks(case_ids))
    return {case_id for rows in found for case_id in rows.scalars()}


def _free_cases(session: Session, case_ids: Sequence[int]) -> Iterator[CaseRow]:
    """Yield the cases that may be reviewed again: the newest of their applications, and awaited by no campaign."""
    of_ids = select(CaseRow).where(CASE.c.id.in_(case_ids), is_published(CASE.c.batch_id)).order_by(CASE.c.id)
    cases = session.execute(of_ids).scalars().all()
    newest = current_cases(session, [(case.agent, case.application_no) for case in cases])
    awaited = awaits_campaign(session, case_ids)
    for case in cases:
        is_newest = newest[case.agent, case.application_no].id == case.id
        if is_newest and case.id not in awaited and case.erased_at is None:
            yield case


def _hits(
    session: Session, context: Context, cases: Sequence[CaseRow], rules: Sequence[str]
) -> Iterator[tuple[CaseRow, set[str]]]:
    """Yield the cases whose newest evidence hits at least one of the rules, each with the rules that it hits."""
    if not rules:
        yield from ((case, set()) for case in cases)
        return
    today, policy = context.today(session), context.policy(session)
    reader = EvidenceReader(session, context.store, EVERYTHING, today)
    evidence = reader.of_keys([(case.agent, case.application_no) for case in cases])
    for case in cases:
        findings = assess(evidence[case.agent, case.application_no], policy, today).findings
        if hit := {finding.rule for finding in findings} & set(rules):
            yield case, hit


def open_due_re_reviews(context: Context) -> int:
    """Open the re-reviews of running campaigns that are due today, and return their number.

    On a day off none is opened. If the program closes, it stops between two cases; the next call continues.
    """
    with context.read() as session:
        today = context.today(session)
        if not context.calendar(session).is_working(today):
            return 0
        is_due = exists().where(CAMPAIGN_CASE.c.campaign_id == CAMPAIGN.c.id, CAMPAIGN_CASE.c.opens_on <= today, *WAITS)
        running = select(CAMPAIGN.c.id).where(CAMPAIGN.c.stopped_at.is_(None), is_due).order_by(CAMPAIGN.c.id)
        campaigns = session.execute(running).scalars().all()
    opened_count = 0
    for campaign_id in campaigns:
        while not context.cache.is_closing.is_set():
            with context.write() as session:
                campaign = session.get_one(CampaignRow, campaign_id)
                planned = _next_due(session, context, campaign)
                if planned is None:
                    break
                opened_count += _open_or_skip(session, context, campaign, planned)
    return opened_count


def _next_due(session: Session, context: Context, campaign: CampaignRow) -> CampaignCaseRow | None:
    """Return the next case to open, None if the campaign opens no more cases today.

    The caller's write transaction opens the case, so two processes together do not exceed the number of cases per day.
    """
    today, campaign_id = context.today(session), campaign.id or 0
    if campaign.stopped_at is not None or opened_today(session, context, campaign_id) >= campaign.per_day:
        return None
    due = select(CampaignCaseRow).where(CAMPAIGN_CASE.c.campaign_id == campaign_id, CAMPAIGN_CASE.c.opens_on <= today)
    return session.execute(due.where(*WAITS).order_by(CAMPAIGN_CASE.c.id).limit(1)).scalar_one_or_none()


def _open_or_skip(session: Session, context: Context, campaign: CampaignRow, planned: CampaignCaseRow) -> bool:
    """Open a re-review, and return True.

    Skip it and return False if the case is not passed any more, or if its application has a newer case.
    """
    passed = session.get_one(CaseRow, planned.case_id)
    key = (passed.agent, passed.application_no)
    newest = current_cases(session, [key]).get(key)
    is_passed = passed.state == CaseState.PASSED and passed.erased_at is None
    if not is_passed or newest is None or newest.id != passed.id:
        planned.skipped_at = context.now()
        return False
    planned.opened_case_id = _open(session, context, campaign, passed).id
    return True


def opened_today(session: Session, context: Context, campaign_id: int) -> int:
    """Return how many re-reviews a campaign has opened today."""
    today = datetime.combine(context.today(session), time(), tzinfo=context.zone(session))
    opened = select(func.count()).join(CASE, CASE.c.id == CAMPAIGN_CASE.c.opened_case_id)
    of_today = opened.where(CAMPAIGN_CASE.c.campaign_id == campaign_id, CASE.c.opened_at >= today)
    return int(session.execute(of_today).scalar_one())


def _open(session: Session, context: Context, campaign: CampaignRow, passed: CaseRow) -> CaseRow:
    """Open a new case of the application of a passed case, with the newest evidence and the policy in force.

    The case is queued even if a document is missing that the policy requires now; a finding names the document.
    """
    now, policy_id = context.now(), context.policy_id(session)
    key = (passed.agent, passed.application_no)
    columns = (APPLICATION.c.agent, APPLICATION.c.application_no)
    (application,) = newest_visible_rows(session, columns, [key], application_key, EVERYTHING)
    case = CaseRow(
        id=take_case_numbers(session, 1),
        batch_id=application["batch_id"],
        agent=passed.agent,
        application_no=passed.application_no,
        application_id=application["id"],
        applicant_name=application["applicant_name"],
        trigger=Trigger.POLICY.value,
        state=CaseState.QUEUED.value,
        opened_at=now,
        received_at=now,
        complete_at=now,
        policy_version_id=policy_id,
        evidence_seq=last_seq(session),
        is_listed=True,
    )
    policy, today = context.policy(session, policy_id), context.today(session)
    assessment = assess(read_evidence(session, case, context.store, today), policy, today)
    for name, value in {**assessment.columns(), **assessment.class_columns()}.items():
        setattr(case, name, value)
    session.add(case)
    session.flush()
    store_assessment(session, case, assessment)
    index_cases(session, [{**terms_of(case.applicant_name, case.application_no), "id": case.id}])
    body = {"campaign": campaign.id, "round": case.round, "reason": mask_digits_within(campaign.reason)}
    context.log_case(session, "campaign", case, {**body, "case": format_case(passed.id or 0)})
    context.log(session, "campaign", case_id=passed.id, body={**body, "case": format_case(case.id or 0)})
    update_due_date(session, context, case)
    session.flush()
    number = format_case(passed.id or 0)
    message = LetterFacts(kind=ClockLetterKind.RE_REVIEW, cause=campaign.reason, earlier_case_no=number)
    notify(session, context, [(case, message)], {case.id: Outlook(findings=assessment.findings)})
    return case
