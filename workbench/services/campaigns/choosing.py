"""Chooses the passed cases that a campaign reviews again: by a filter, and by rules of the policy in force."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlmodel import Session

from db.enums import CaseState
from db.models import CampaignCaseRow, CampaignRow, CaseRow
from db.queries.listing import case_pages
from db.queries.published import CASE, EVERYTHING, chunks, current_cases, is_published, table_of
from workbench.errors import WrongUsage
from workbench.i18n import _
from workbench.services.case.assessment import assess
from workbench.services.case.evidence_reader import EvidenceReader
from workbench.services.foundation.context import Context
from workbench.services.queue.filters import list_of

CAMPAIGN = table_of(CampaignRow)
CAMPAIGN_CASE = table_of(CampaignCaseRow)

WAITS = (CAMPAIGN_CASE.c.opened_case_id.is_(None), CAMPAIGN_CASE.c.skipped_at.is_(None))
"""The conditions on a case that its campaign has neither opened nor skipped."""

_PASSED = f"state:{CaseState.PASSED.value}"
_READ_TOGETHER = 200
_EVERY_CASE = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCases:
    """The passed cases that are chosen, in the order in which they were opened.

    `passed` counts the passed cases that the filter selects, `in_review` those of them whose application has a newer
    case or that another campaign will open. `by_rule` counts the chosen cases by the rules that they hit.
    """

    case_ids: tuple[int, ...]
    passed: int
    in_review: int
    by_rule: dict[str, int]


def choose_cases(context: Context, rules: Sequence[str], filter_text: str) -> ChosenCases:
    """Return the passed cases that a filter selects and that hit one of some rules under the policy in force.

    Without rules, the filter alone decides.

    Raises:
        FilterProblem: If the filter is invalid.
        WrongUsage: If the policy in force has no such rule.
    """
    with context.read() as session:
        known = context.policy(session).rules
        unknown = next((rule for rule in rules if rule not in known), None)
        if unknown is not None:
            raise WrongUsage(_("The policy in force has no rule {rule}.").format(rule=unknown))
        wanted = list_of(session, context, f"{filter_text} {_PASSED}".strip())
        ids = sorted(case_pages.page(session, wanted, skip=0, limit=_EVERY_CASE))
    chosen: list[int] = []
    free = 0
    by_rule: Counter[str] = Counter()
    for chunk in chunks(ids, _READ_TOGETHER):
        with context.read() as session:
            cases = list(_free(session, chunk))
            free += len(cases)
            for case, hit in _hits(session, context, cases, rules):
                by_rule.update(hit)
                chosen.append(case.id or 0)
    return ChosenCases(case_ids=tuple(chosen), passed=len(ids), in_review=len(ids) - free, by_rule=dict(by_rule))


def awaits_campaign(session: Session, case_ids: Sequence[int]) -> set[int]:
    """Return which of some cases a running campaign will open again."""
    is_running = exists().where(CAMPAIGN.c.id == CAMPAIGN_CASE.c.campaign_id, CAMPAIGN.c.stopped_at.is_(None))
    statement = select(CAMPAIGN_CASE.c.case_id).where(*WAITS, is_running)
    found = (session.execute(statement.where(CAMPAIGN_CASE.c.case_id.in_(chunk))) for chunk in chunks(case_ids))
    return {case_id for rows in found for case_id in rows.scalars()}


def _free(session: Session, case_ids: Sequence[int]) -> Iterator[CaseRow]:
    """Yield the cases whose application has no newer case and that no running campaign will open."""
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
    """Yield the cases whose newest evidence hits one of some rules, each with these rules."""
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
