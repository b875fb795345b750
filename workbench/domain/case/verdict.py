"""The rules that make a verdict valid: reasons, items, dates, and when a check is needed."""

import difflib
from collections.abc import Sequence

from db.enums import ApplicantKind, DocumentKind, FailKind, Measure, Risk, Severity, Verdict, WaitsFor
from workbench.domain.case.casefile import CaseFile, VerdictRequest
from workbench.domain.case.items import asks_for_items, vague_items, waiting_reasons
from workbench.domain.case.reason_scope import RULE_OF_LIST
from workbench.domain.case.records import DecisionLine
from workbench.domain.evidence.evidence import DocumentFacts
from workbench.domain.findings.evaluate import has_block
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.reason_documents import documents_of_finding
from workbench.domain.findings.within_limits import is_within_limits
from workbench.domain.policy.policy import CLEAN_REASON, OVERRIDE_REASON, RECTIFIED_REASON, Policy, Reason
from workbench.domain.text.safe import cells
from workbench.domain.values.spelling import matching_values
from workbench.i18n import _, comma_joined, current_language

NO_OPEN_POINT = "CK-NO-OPEN-POINT"
"""The code that begins the note of a check which found no open point and needed no words."""

NEWS_ACTIONS = frozenset({"evidence", "evidence-undone", "verify", "checklist", "comment"})
"""The actions after which a second person must look again at a staged verdict."""

PASS_REASONS = frozenset({CLEAN_REASON, RECTIFIED_REASON, OVERRIDE_REASON})
"""The reasons for a pass: no findings, findings rectified, or an override. A pass has at most one of them."""


_LEAST_ITEM_CELLS = 4
"""The least length of an item's own text: four letters or two Chinese characters; shorter ones are mistyped keys."""

_USCC_FACTS = ("uscc_given", "uscc_letters_fit", "uscc_valid", "uscc_kind_fits")
_LICENCE_FACTS = frozenset({*_USCC_FACTS, "licence_days_left", "registered_capital_fen"})
"""Facts about a business licence, which individuals do not have."""


def open_points(case: CaseFile, decision: DecisionLine) -> tuple[str, ...]:
    """Return what a second person must weigh in words before approving a staged verdict, as sentences."""
    is_pass = decision.verdict is Verdict.PASS
    closes = is_pass or decision.fail_kind is FailKind.FINAL
    points = {
        _("it passes against a blocking finding"): "override" in decision.check_for,
        _("it was returned before"): any(line.status == "returned" for line in case.decisions),
        _("something is new since the verdict"): any(
            entry.action in NEWS_ACTIONS and entry.at > decision.decided_at for entry in case.history
        ),
        _("the panels contradict a reason"): any(is_reason_contradicted(code, case) for code in decision.reasons),
        _("an item asked for is not judged fixed"): is_pass and bool(case.unfixed_items),
        _("a department has not answered"): any(line.is_open for line in case.inquiries),
        _("the checklist has open questions"): closes and any(line.answer is None for line in case.checklist),
    }
    return tuple(point for point, is_open in points.items() if is_open)


def documents_to_open(case: CaseFile) -> tuple[DocumentFacts, ...]:
    """Return the documents that a reviewer must open before a pass, without those that retention erased.

    The policy asks for none, for all, or for those that a warn or a block is about.
    """
    severe = (finding for finding in case.findings if finding.severity is not Severity.INFO)
    of_findings = frozenset[str]().union(*map(documents_of_finding, severe))
    kinds_by_choice = {"none": frozenset[str](), "findings": of_findings, "all": frozenset(DocumentKind)}
    kinds = kinds_by_choice[case.policy.documents.open_before_pass]
    return tuple(file for file in case.evidence.documents if file.kind in kinds and file.erased_at is None)


def can_apply_to(code: str, kind: ApplicantKind, policy: Policy) -> bool:
    """Say whether a reason can apply to this kind of applicant. Individuals have no licence."""
    rule = policy.rules.get(code)
    if rule is None or kind is not ApplicantKind.INDIVIDUAL:
        return True
    return any(limit.observes not in _LICENCE_FACTS for limit in rule.limits)


def is_reason_allowed(reason: Reason, verdict: Verdict, case: CaseFile) -> bool:
    """Say whether a reason can be given for a verdict.

    If a finding blocks a pass, the override is the only reason for a pass. The reason that the findings were rectified
    needs something that was to be rectified.
    """
    is_blocked = verdict is Verdict.PASS and has_block(case.findings)
    is_refused = is_blocked and reason.code in PASS_REASONS - {OVERRIDE_REASON}
    is_refused |= reason.code == RECTIFIED_REASON and not case.was_to_be_rectified
    return verdict in reason.verdicts and not is_refused


def is_reason_contradicted(code: str, case: CaseFile) -> bool:
    """Say whether the evidence is within the limits that a reason says are exceeded.

    A credit list that nobody has checked contradicts nothing.
    """
    checked_lists = {RULE_OF_LIST[record.list] for record in case.evidence.credit}
    is_unchecked_list = code in RULE_OF_LIST.values() and code not in checked_lists
    return not is_unchecked_list and is_within_limits(code, case.facts, case.policy)


def first_verdict_problem(request: VerdictRequest, case: CaseFile) -> str | None:
    """Return the first reason why a verdict is refused, as a sentence, or None."""
    if not request.reasons:
        codes = [one.code for one in case.policy.reasons.values() if is_reason_allowed(one, request.verdict, case)]
        found = {finding.rule for finding in case.findings}
        codes.sort(key=lambda code: code not in found)
        return _("Give at least one reason, such as {codes}.").format(codes=comma_joined(codes[:5]))
    return next(iter(verdict_problems(request, case)), None)


def verdict_problems(request: VerdictRequest, case: CaseFile) -> tuple[str, ...]:
    """Return all reasons why a verdict is refused, each as a sentence."""
    policy, findings = case.policy, case.findings
    is_override = request.verdict is Verdict.PASS and has_block(findings)
    problems = [
        *_reason_problems(request, policy),
        _pass_problem(request, case),
        _item_or_date_problem(request, policy),
        _unnamed_document_problem(request, policy, findings),
        _waiting_problem(request, policy),
    ]
    if request.measure not in policy.measures.get(request.verdict, (Measure.NONE,)):
        message = _("The policy does not allow the measure {measure} with this verdict.")
        problems.append(message.format(measure=request.measure))
    if is_override:
        problems += _override_problems(request, policy)
    if request.verdict is Verdict.PENDING and request.reasons and request.waits_for is None:
        problems.append(_("Say what the case waits for: applicant, carrier, registry or department."))
    return tuple(problem for problem in problems if problem is not None)


def _reason_problems(request: VerdictRequest, policy: Policy) -> list[str]:
    """Return what is wrong with the marked reasons: none, unknown ones, or ones for another verdict."""
    if not request.reasons:
        return [_("Mark at least one reason.")]
    problems: list[str] = []
    for code in request.reasons:
        reason = policy.reasons.get(code)
        if reason is None:
            usable = (one for one in policy.reasons.values() if request.verdict in one.verdicts)
            titles = {one.code: (one.title.en, one.title.zh) for one in usable}
            near = difflib.get_close_matches(code, titles, 3) or matching_values(code, titles)[:3]
            sentence = (
                _("The policy has no reason {code}; did you mean {near}?")
                if near
                else _("The policy has no reason {codes}.")
            )
            problems.append(sentence.format(code=code, codes=code, near=_(" or ").join(near)))
        elif request.verdict not in reason.verdicts:
            message = _("The reason {code} cannot be used with this verdict.")
            problems.append(message.format(code=_title_with_code(code, policy)))
    return problems


def _title_with_code(code: str, policy: Policy) -> str:
    """Return the title of a reason with its code."""
    if code not in policy.reasons:
        return code
    return _("{reason} ({code})").format(reason=policy.reason_title(code, current_language()), code=code)


def _pass_problem(request: VerdictRequest, case: CaseFile) -> str | None:
    """Return why the case cannot be passed for these reasons, None if it can be."""
    pass_reasons = [_title_with_code(code, case.policy) for code in request.reasons if code in PASS_REASONS]
    if len(pass_reasons) > 1:
        return _("A pass has one reason only; mark one of {codes}.").format(codes=comma_joined(pass_reasons))
    if RECTIFIED_REASON in request.reasons and not case.was_to_be_rectified:
        message = _("Nothing was to be rectified in this case, so the reason {code} cannot be used; mark another.")
        return message.format(code=_title_with_code(RECTIFIED_REASON, case.policy))
    return None


def _item_or_date_problem(request: VerdictRequest, policy: Policy) -> str | None:
    """Return why the items or the date do not fit this verdict, or None."""
    is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
    if request.only_items and not request.items:
        return _("Only named items are asked for, but none is named; name one.")
    if request.items and not asks_for_items(request):
        return _("Only a fixable fail, or a pending case that waits for the applicant, can have items.")
    known = policy.reasons.keys() | {kind.value for kind in policy.documents.names}
    for item in request.items:
        if item.code not in known and not item.text.strip():
            return _("{code} is neither a reason nor a document; give its text as CODE:TEXT.").format(code=item.code)
        if 0 < cells(text := item.text.strip()) < _LEAST_ITEM_CELLS:
            return _("The item “{text}” is too short to say what to send; write more.").format(text=text)
    if request.until is not None and not is_fixable and request.verdict is not Verdict.PENDING:
        return _("Only a pending or a fixable fail can have a date.")
    return None


def _unnamed_document_problem(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> str | None:
    """Return the problem that a reason asks for documents that no finding, item or edited letter names, or None."""
    if (request.letter or "").strip():
        return None
    named = {item.code for item in request.items}
    for code in vague_items(request, policy, findings):
        if policy.reasons[code].names_documents and code not in named:
            message = _(
                "Say which documents the reason {code} is about: name them in its item, such as “business licence”."
            )
            return message.format(code=_title_with_code(code, policy))
    return None


def _waiting_problem(request: VerdictRequest, policy: Policy) -> str | None:
    """Return the problem that the reasons contradict the party that the case waits for, or None."""
    if request.verdict is not Verdict.PENDING:
        return None
    waiting = [code for code in waiting_reasons(policy).values() if code in request.reasons]
    if len(waiting) > 1:
        codes = comma_joined(_title_with_code(code, policy) for code in waiting)
        return _("A case waits for one party; mark one of {codes}.").format(codes=codes)
    if waiting and request.waits_for not in {None, policy.reasons[waiting[0]].waits_for}:
        message = _("The case cannot wait for the {who} with the reason {code}; change one of them.")
        return message.format(code=_title_with_code(waiting[0], policy), who=request.waits_for)
    return None


def _override_problems(request: VerdictRequest, policy: Policy) -> list[str]:
    """Return what a pass against a blocking finding still needs."""
    problems: list[str] = []
    if OVERRIDE_REASON not in request.reasons:
        message = _("A finding blocks this case; to pass it anyway, mark the reason {code}.")
        problems.append(message.format(code=_title_with_code(OVERRIDE_REASON, policy)))
    if not request.note.strip():
        problems.append(_("A finding blocks this case; to pass it anyway, write an internal note."))
    return problems


def check_reasons_for(
    request: VerdictRequest, policy: Policy, findings: Sequence[Finding], risk: Risk, *, is_barred: bool
) -> tuple[str, ...]:
    """Return why a check is needed (final_fail, override, high_risk, restore); empty if no check is needed.

    A pass restores the numbers of a case that is barred.
    """
    is_pass = request.verdict is Verdict.PASS
    needs = {
        "final_fail": policy.check.final_fail and request.fail_kind is FailKind.FINAL,
        "override": policy.check.override and is_pass and has_block(findings),
        "high_risk": policy.check.high_risk_pass and is_pass and risk is Risk.HIGH,
        "restore": policy.check.restore and (request.measure is Measure.RESTORE or (is_pass and is_barred)),
    }
    return tuple(name for name, is_needed in needs.items() if is_needed)


def is_last_round(policy: Policy, round_no: int) -> bool:
    """Say whether a case is in the last round that the policy allows, so that it cannot be rectified once more."""
    return policy.rectify.max_rounds is not None and round_no >= policy.rectify.max_rounds


def round_problem(request: VerdictRequest, policy: Policy, round_no: int) -> str | None:
    """Return the problem that a fixable fail is not possible in the last round of a case, or None."""
    is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
    if not is_fixable or not is_last_round(policy, round_no):
        return None
    message = _("The case is in round {round}, and the policy allows {most}; fail it finally, or decide otherwise.")
    return message.format(round=round_no, most=policy.rectify.max_rounds)


def pending_waits_for(reasons: Sequence[str], policy: Policy) -> WaitsFor | None:
    """Return the party that a pending case waits for; None without reasons.

    A reason that only names the party takes precedence. Otherwise the first reason with a party decides. The default is
    the applicant.
    """
    waiting = waiting_reasons(policy).values()
    in_order = sorted(reasons, key=lambda code: code not in waiting)
    awaited = (policy.reasons[code].waits_for for code in in_order if code in policy.reasons)
    return next((party for party in awaited if party is not None), WaitsFor.APPLICANT if reasons else None)
