"""The rules that make a verdict valid: reasons, items, dates, and when a check is needed."""

import re
from collections.abc import Sequence

from db.enums import ApplicantKind, DocumentKind, FailKind, Measure, Risk, Verdict, WaitsFor
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictRequest
from workbench.domain.case.reason_scope import RULE_OF_LIST
from workbench.domain.findings.evaluate import has_block
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.within_limits import is_within_limits
from workbench.domain.policy.policy import CLEAN_REASON, MENDED_REASON, OVERRIDE_REASON, Policy, Reason
from workbench.i18n import _, comma_joined, current_language

_DOCUMENT_CODES = frozenset(kind.value for kind in DocumentKind)

PASS_REASONS = frozenset({CLEAN_REASON, MENDED_REASON, OVERRIDE_REASON})
"""The reasons for a pass: no findings, findings rectified, or an override. A pass has at most one of them."""


_LICENCE_FACTS = frozenset({"uscc_valid", "uscc_kind_fits", "licence_days_left", "registered_capital_fen"})
"""Facts about a business licence, which individuals do not have."""


def can_apply_to(code: str, kind: ApplicantKind, policy: Policy) -> bool:
    """Say whether a reason can apply to this kind of applicant. Individuals have no licence."""
    rule = policy.rules.get(code)
    if rule is None or kind is not ApplicantKind.INDIVIDUAL:
        return True
    return any(limit.observes not in _LICENCE_FACTS for limit in rule.limits)


def is_reason_allowed(reason: Reason, verdict: Verdict, case: CaseFile) -> bool:
    """Say whether a reason can be given for a verdict.

    If a finding blocks a pass, only the override can. "Rectified" needs something that was to be rectified.
    """
    is_blocked = verdict is Verdict.PASS and has_block(case.findings)
    is_refused = is_blocked and reason.code in PASS_REASONS - {OVERRIDE_REASON}
    is_refused |= reason.code == MENDED_REASON and not case.was_to_be_rectified
    return verdict in reason.verdicts and not is_refused


def is_reason_contradicted(code: str, case: CaseFile) -> bool:
    """Say whether the panels show as fine what a reason says is wrong. An unchecked credit list contradicts nothing."""
    looked_up = {RULE_OF_LIST[record.list] for record in case.evidence.credit}
    is_unknown = code in RULE_OF_LIST.values() and code not in looked_up
    return not is_unknown and is_within_limits(code, case.facts, case.policy)


def first_verdict_problem(request: VerdictRequest, case: CaseFile) -> str | None:
    """Return the first reason why a verdict is refused, as a sentence, or None."""
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
    if not request.reasons:
        return [_("Mark at least one reason.")]
    problems: list[str] = []
    for code in request.reasons:
        reason = policy.reasons.get(code)
        if reason is None:
            problems.append(_("The policy has no reason {code}.").format(code=code))
        elif request.verdict not in reason.verdicts:
            problems.append(
                _("The reason {code} cannot be used with this verdict.").format(code=_title_with_code(code, policy))
            )
    return problems


def _title_with_code(code: str, policy: Policy) -> str:
    """Return the title of a reason with its code."""
    reason = policy.reasons.get(code)
    if reason is None:
        return code
    return _("{reason} ({code})").format(reason=reason.title.in_language(current_language()), code=code)


def _pass_problem(request: VerdictRequest, case: CaseFile) -> str | None:
    given = [_title_with_code(code, case.policy) for code in request.reasons if code in PASS_REASONS]
    if len(given) > 1:
        return _("A pass has one reason only; mark one of {codes}.").format(codes=comma_joined(given))
    if MENDED_REASON in request.reasons and not case.was_to_be_rectified:
        message = _("Nothing was to be rectified in this case, so the reason {code} cannot be used; mark another.")
        return message.format(code=_title_with_code(MENDED_REASON, case.policy))
    return None


def _item_or_date_problem(request: VerdictRequest, policy: Policy) -> str | None:
    """Return why the items or the date do not fit this verdict, or None."""
    is_fixable = request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL
    if request.items and not asks_for_items(request):
        return _("Only a fixable fail, or a pending case that waits for the applicant, can have items.")
    known = policy.reasons.keys() | {kind.value for kind in policy.documents.names}
    for item in request.items:
        if item.code not in known and not item.text.strip():
            return _("{code} is neither a reason nor a document; give its text as CODE:TEXT.").format(code=item.code)
    if request.until is not None and not is_fixable and request.verdict is not Verdict.PENDING:
        return _("Only a pending or a fixable fail can have a date.")
    return None


def _unnamed_document_problem(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> str | None:
    """Return the problem that a reason asks for documents that no finding, item or edited letter names, or None."""
    if (request.letter or "").strip():
        return None
    for code in vague_items(request, policy, findings):
        if policy.reasons[code].names_documents:
            message = _("Say which documents the reason {code} is about: name them in its item, such as BIZ_LICENSE.")
            return message.format(code=_title_with_code(code, policy))
    return None


def vague_items(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the reasons whose item does not say what the applicant has to send.

    These are reasons about documents that neither a finding nor an item names, and the reason that the case waits for
    the applicant, unless its item says what for.
    """
    if not asks_for_items(request):
        return ()
    written = {item.code for item in request.items if item.text.strip()}
    rules_with_subject = {finding.rule for finding in findings if finding.subject}
    waiting = waiting_reasons(policy).values()
    return tuple(
        code
        for code in request.reasons
        if code in policy.reasons and code not in written
        if code in waiting
        or (
            (policy.reasons[code].names_documents and code not in rules_with_subject)
            and not documents_named(code, request.items, policy)
        )
    )


def vague_words(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the warning that the letter does not say what the case waits for, without a full stop."""
    waiting = waiting_reasons(policy).values()
    is_vague = any(code in waiting for code in vague_items(request, policy, findings))
    return (_("The letter does not say what the applicant has to send; write it in the item"),) if is_vague else ()


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


def asks_for_items(request: VerdictRequest) -> bool:
    """Say whether a verdict asks the applicant for items: a fixable fail, or pending on the applicant."""
    if request.verdict is Verdict.PENDING:
        return request.waits_for is WaitsFor.APPLICANT
    return request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL


def documents_named(code: str, items: Sequence[ItemRequest], policy: Policy) -> tuple[DocumentKind, ...]:
    """Return the documents that the items name for a reason: in the reason's own item, else as items of their own."""
    kinds_in_item = [kind for item in items if item.code == code for kind in _documents_in(item.text, policy)]
    return tuple(
        dict.fromkeys(kinds_in_item or [DocumentKind(item.code) for item in items if item.code in _DOCUMENT_CODES])
    )


def _documents_in(text: str, policy: Policy) -> list[DocumentKind]:
    """Return the documents in a list of codes or names; none if the text holds anything else."""
    kinds = {kind.value.lower(): kind for kind in DocumentKind}
    kinds |= {name.lower(): kind for kind, words in policy.documents.names.items() for name in (words.en, words.zh)}
    named_kinds = [kinds.get(part.strip().lower()) for part in re.split("[;,，、；]", text)]
    return [kind for kind in named_kinds if kind is not None] if all(named_kinds) else []


def _override_problems(request: VerdictRequest, policy: Policy) -> list[str]:
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
    is_needed = {
        "final_fail": policy.check.final_fail and request.fail_kind is FailKind.FINAL,
        "override": policy.check.override and is_pass and has_block(findings),
        "high_risk": policy.check.high_risk_pass and is_pass and risk is Risk.HIGH,
        "restore": policy.check.restore and (request.measure is Measure.RESTORE or (is_pass and is_barred)),
    }
    return tuple(name for name, is_wanted in is_needed.items() if is_wanted)


def items_for(request: VerdictRequest, policy: Policy) -> tuple[ItemRequest, ...]:
    """Return the items that a verdict asks for: those requested, or by default one for each reason."""
    if request.items:
        return request.items
    return tuple(ItemRequest(code=code) for code in request.reasons if code in policy.reasons)


def rectify_days(items: Sequence[ItemRequest], policy: Policy) -> int | None:
    """Return the working days for a rectification: the days of the longest item, at most the cap.

    None if all items have deadlines in natural hours.
    """
    if items and all(rectify_hours(item, policy) for item in items):
        return None
    days = [
        policy.reasons[item.code].rectify_days or policy.rectify.default_days
        for item in items
        if item.code in policy.reasons and not rectify_hours(item, policy)
    ]
    return min(max(days, default=policy.rectify.default_days), policy.rectify.cap_days)


def rectify_hours(item: ItemRequest, policy: Policy) -> int | None:
    """Return the natural hours for an item, None if it shares the deadline in working days."""
    reason = policy.reasons.get(item.code)
    return None if reason is None else reason.rectify_hours


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


def waiting_reasons(policy: Policy) -> dict[WaitsFor, str]:
    """Return the reasons that only name the party that a case waits for, by party."""
    code_by_party = {
        reason.waits_for: reason.code
        for reason in reversed(list(policy.reasons.values()))
        if reason.verdicts == (Verdict.PENDING,) and reason.waits_for is not None and reason.code not in policy.rules
    }
    return {party: code_by_party[party] for party in WaitsFor if party in code_by_party}
