"""The items that a verdict asks of an applicant, with their documents and the time for them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from db.enums import DocumentKind, FailKind, Verdict, WaitsFor
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.domain.findings.finding import Finding
from workbench.domain.findings.reason_documents import DOCUMENTS_OF_REASON
from workbench.domain.policy.policy import Policy
from workbench.i18n import _, comma_joined

_DOCUMENT_CODES = frozenset(kind.value for kind in DocumentKind)


def asks_for_items(request: VerdictRequest) -> bool:
    """Say whether a verdict asks the applicant for items: a fixable fail, or pending on the applicant."""
    if request.verdict is Verdict.PENDING:
        return request.waits_for is WaitsFor.APPLICANT
    return request.verdict is Verdict.FAIL and request.fail_kind is not FailKind.FINAL


def items_for(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[ItemRequest, ...]:
    """Return the items that a verdict asks for: a default item for each reason, and the items that it names.

    A named item replaces the default item with its code. With `only_items`, there are no default items.
    """
    if request.only_items:
        return request.items
    known = (code for code in request.reasons if code in policy.reasons)
    of_reasons = [item for code in known for item in _items_of_reason(code, request, policy, findings)]
    return (*of_reasons, *(item for item in request.items if item.code not in request.reasons))


def _items_of_reason(
    code: str, request: VerdictRequest, policy: Policy, findings: Sequence[Finding]
) -> Sequence[ItemRequest]:
    """Return the named items with the code of a reason, else its default item.

    The default item leaves out the documents that the items of other codes and reasons ask for.
    """
    if own := [item for item in request.items if item.code == code]:
        return own
    documents, asked_elsewhere = _documents_found(code, findings), {item.code for item in request.items}
    has_item_without_reason = bool(asked_elsewhere.difference(request.reasons))
    asked_elsewhere &= _DOCUMENT_CODES
    if documents:
        asked_elsewhere.update(_asked_by_reasons(code, request, policy, findings))
    if policy.reasons[code].names_documents and asked_elsewhere:
        left = [kind for kind in documents if kind not in asked_elsewhere]
        return [ItemRequest(code=code, text="" if left == documents else ";".join(left))] if left else []
    if has_item_without_reason and code in waiting_reasons(policy).values():
        return []
    return [ItemRequest(code=code)]


def _asked_by_reasons(code: str, request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the documents of the reasons before this one, and of the reasons whose rules are stronger."""
    reasons, named = policy.reasons, {item.code for item in request.items}
    rules_about_documents = (rule for rule in policy.rules.values() if reasons[rule.code].names_documents)
    stronger = {other for rule in rules_about_documents for other in rule.stronger}
    before = request.reasons[: request.reasons.index(code)]
    for other in request.reasons:
        if other == code or other not in reasons:
            continue
        if other in stronger:
            yield from DOCUMENTS_OF_REASON.get(other, ())
        if other in before and other not in named and reasons[other].names_documents:
            yield from _documents_found(other, findings)


def _documents_found(code: str, findings: Sequence[Finding]) -> list[str]:
    """Return the documents that the finding of a reason names."""
    parts = (part for finding in findings if finding.rule == code for part in finding.subject.split(";"))
    return [part for part in parts if part in _DOCUMENT_CODES]


def left_out_words(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the warning (without a full stop) that the letter leaves out what its reasons need, or an empty tuple.

    Only a letter that asks for named items alone can leave something out.
    """
    if not request.only_items:
        return ()
    named = {item.code for item in request.items}
    needed = items_for(replace(request, only_items=False), policy, findings)
    left_out = [item.code for item in needed if item.code not in named and policy.reasons[item.code].item.en]
    message = _("The letter does not ask for what these reasons need: {codes}")
    return (message.format(codes=comma_joined(left_out)),) if left_out else ()


def vague_items(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the reasons whose item does not say what the applicant has to send.

    A reason about documents is vague if neither a finding nor an item names them. The reason that the case waits for
    the applicant is vague if neither its own item nor an item without a reason says what for.
    """
    if not asks_for_items(request):
        return ()
    written = {item.code for item in request.items if item.text.strip()}
    is_named_elsewhere = any(item.code not in request.reasons for item in request.items)
    rules_with_subject = {finding.rule for finding in findings if finding.subject}
    waiting = waiting_reasons(policy).values()

    def is_vague(code: str) -> bool:
        if code in waiting and not is_named_elsewhere:
            return True
        is_without_documents = policy.reasons[code].names_documents and code not in rules_with_subject
        return is_without_documents and not documents_named(code, request.items, policy, findings)

    without_text = policy.reasons.keys() - written
    return tuple(code for code in request.reasons if code in without_text and is_vague(code))


def vague_words(request: VerdictRequest, policy: Policy, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the warning (without a full stop) that the letter does not say what to send, or an empty tuple."""
    without_text = {item.code for item in request.items if not item.text.strip()}
    has_no_words = any(code in policy.reasons and not policy.reasons[code].item.en for code in without_text)
    vague = without_text.union(waiting_reasons(policy).values()).intersection(vague_items(request, policy, findings))
    if not has_no_words and not vague:
        return ()
    return (_("The letter does not say what the applicant has to send; write it in the item"),)


def documents_named(
    code: str, items: Sequence[ItemRequest], policy: Policy, findings: Sequence[Finding] = ()
) -> tuple[DocumentKind, ...]:
    """Return the documents that the items name for a reason: those in its own item, else the items that are documents.

    Items that are documents do not count if a finding names the documents of the reason.
    """
    kinds_in_item = [kind for item in items if item.code == code for kind in documents_in(item.text, policy)]
    own = [] if _documents_found(code, findings) else [item.code for item in items if item.code in _DOCUMENT_CODES]
    return tuple(dict.fromkeys(kinds_in_item or map(DocumentKind, own)))


def documents_in(text: str, policy: Policy) -> list[DocumentKind]:
    """Return the documents in a list of codes or names; none if the text holds anything else."""
    kinds = {kind.value.lower(): kind for kind in DocumentKind}
    kinds |= {name.lower(): kind for kind, words in policy.documents.names.items() for name in (words.en, words.zh)}
    # Names may have commas; the longest fits first.
    name = "|".join(map(re.escape, sorted(kinds, key=len, reverse=True)))
    is_list = re.fullmatch(rf"\s*({name})(\s*[;,，、；]\s*({name}))*\s*", text.lower())
    return [kinds[found] for found in re.findall(name, text.lower())] if is_list else []


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


def waiting_reasons(policy: Policy) -> dict[WaitsFor, str]:
    """Return the reasons that only name the party that a case waits for, by party."""
    code_by_party = {
        reason.waits_for: reason.code
        for reason in reversed(list(policy.reasons.values()))
        if reason.verdicts == (Verdict.PENDING,) and reason.waits_for is not None and reason.code not in policy.rules
    }
    return {party: code_by_party[party] for party in WaitsFor if party in code_by_party}
