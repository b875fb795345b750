"""Findings in words, for reviewers and for letters, in either language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from db.enums import CreditList, DocumentKind, Language, Severity
from workbench.domain.case.case_id import format_case
from workbench.domain.case.records import EarlierFail
from workbench.domain.facts.identity import HANDLER, LEGAL_REP
from workbench.domain.findings.finding import Finding
from workbench.domain.policy.placeholders import placeholder_names, replace_optional_parts
from workbench.domain.policy.policy import NO_TEXT, BilingualText, FactValue, Policy, Reason, Rule, RuleLimit
from workbench.domain.text.mask import MaskKind, mask
from workbench.i18n import N_, _, catalogue, comma_joined
from workbench.wording.letter_dates import plain_day

_FEN_OF_YUAN = 100
_FEN_OF_TEN_THOUSAND_YUAN = 1_000_000
_MOST_DECIMALS = 6
_DOCUMENT_CODES = frozenset(DocumentKind)
_YES_NO = {True: BilingualText("yes", "是"), False: BilingualText("no", "否")}

SEVERITY_WORDS = {Severity.BLOCK: N_("block"), Severity.WARN: N_("warn"), Severity.INFO: N_("info")}

CREDIT_LIST_WORDS: dict[str, str] = {
    CreditList.ARREARS: N_("arrears"),
    CreditList.COURT: N_("court list"),
    CreditList.ABNORMAL: N_("abnormal operation"),
    CreditList.SERIOUS: N_("serious violation"),
    CreditList.TELECOM: N_("telecom list"),
    CreditList.PUNISHMENT: N_("joint-punishment list"),
}

PEOPLE_WORDS: dict[str, BilingualText] = {
    HANDLER: BilingualText("handler", "经办人"),
    LEGAL_REP: BilingualText("legal representative", "法定代表人"),
}

_MOST_LISTED = 10
_LIMIT_WORDS: dict[str, BilingualText] = {
    ">": BilingualText("{effect} above {limit}", "超过{limit}{effect}"),
    ">=": BilingualText("{effect} from {limit}", "达到{limit}{effect}"),
    "<": BilingualText("{effect} below {limit}", "低于{limit}{effect}"),
    "<=": BilingualText("{effect} up to {limit}", "不超过{limit}{effect}"),
    "=": BilingualText("{effect} at {limit}", "为{limit}时{effect}"),
    "!=": BilingualText("{effect} unless {limit}", "不为{limit}时{effect}"),
}
_EFFECTS: dict[Severity, BilingualText] = {
    Severity.INFO: BilingualText("noted", "列为参考"),
    Severity.WARN: BilingualText("warns", "警告"),
    Severity.BLOCK: BilingualText("blocks", "阻断"),
}
_UNITS = {"s": BilingualText(" s", "秒"), "days": BilingualText("", "天")}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDetails:
    """The details that the text of a reason needs besides its finding."""

    dates: Mapping[str, date] = field(default_factory=dict)
    """The last days of validity; the key is the fact that counts the days until then."""
    documents: tuple[DocumentKind, ...] = ()
    """The documents that the reviewer named."""


NO_DETAILS = LetterDetails()


class _PlaceholderValue:
    """The text for a placeholder; the format `{days:day|days}` adds a word, in the singular or the plural."""

    def __init__(self, text: str, *, is_one: bool) -> None:
        self.text = text
        self.is_one = is_one

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.text
        singular, _bar, plural = spec.partition("|")
        return f"{self.text} {singular if self.is_one else plural}"


class _PlaceholderValues(dict[str, _PlaceholderValue]):
    """The values of placeholders. In a rule's text, an unknown value becomes a dash."""

    def __missing__(self, name: str) -> _PlaceholderValue:
        return _PlaceholderValue("–", is_one=False)


def finding_text(finding: Finding, policy: Policy, language: str) -> str:
    """Return a finding as a sentence without a full stop; phone numbers in it are masked.

    A finding whose rule is not in the policy is shown by its code and numbers.
    """
    rule = policy.rules.get(finding.rule)
    masked = ";".join(mask(MaskKind.MSISDN, part) if _is_number(part) else part for part in finding.subjects)
    values = _values(replace(finding, subject=masked), policy, language)
    if rule is None:
        return f"{finding.rule}: {values['observed']} {finding.op} {values['limit']}"
    limit = next((limit for limit in rule.limits if _is_from_limit(finding, limit)), None)
    words = rule.text if limit is None or limit.text is None else limit.text
    values["limits"] = _PlaceholderValue(_limits_text(finding, rule, limit, language), is_one=False)
    return fill_placeholders(words.in_language(language), values)


def reason_letter(
    reason: Reason, findings: Iterable[Finding], policy: Policy, language: str, details: LetterDetails = NO_DETAILS
) -> str:
    """Return a reason's sentence for the applicant, with the values of its finding if there is one.

    Numbers are as in the finding: in clear, unless the finding is masked.
    """
    values = _letter_values(reason, findings, policy, language, details)
    return fill_placeholders(reason.letter.in_language(language), values)


def reason_item(
    reason: Reason, findings: Iterable[Finding], policy: Policy, language: str, details: LetterDetails = NO_DETAILS
) -> str:
    """Return what the applicant must submit or fix for a reason, '' if nothing; numbers are as in the finding."""
    values = _letter_values(reason, findings, policy, language, details)
    return fill_placeholders(reason.item.in_language(language), values)


def document_name(kind: DocumentKind, policy: Policy, language: str) -> str:
    """Return the name of a kind of document, its code if the policy has no name for it."""
    words = policy.documents.names.get(kind)
    return kind.value if words is None else words.in_language(language)


def fill_placeholders(text: str, values: _PlaceholderValues) -> str:
    """Fill in the placeholders. A part in square brackets is dropped if one of its values is unknown."""

    def part_if_known(part: str) -> str:
        return part if placeholder_names(part) <= values.keys() else ""

    return replace_optional_parts(text, part_if_known).format_map(values)


def _letter_values(
    reason: Reason, findings: Iterable[Finding], policy: Policy, language: str, details: LetterDetails
) -> _PlaceholderValues:
    """Return the values for a reason: those of its finding, and the documents that the reviewer named."""
    finding = next((finding for finding in findings if finding.rule == reason.code), None)
    values = _PlaceholderValues()
    if finding is not None:
        values = _values(finding, policy, language)
        rule = policy.rules.get(reason.code)
        facts = () if rule is None else (limit.observes for limit in rule.limits)
        if ends := [details.dates[fact] for fact in facts if fact in details.dates]:
            values["date"] = _PlaceholderValue(plain_day(ends[0], Language(language)), is_one=False)
    if details.documents and reason.names_documents:
        names = (_subject(kind, policy, language) for kind in details.documents)
        values["subject"] = _PlaceholderValue(comma_joined(names, language=language), is_one=False)
    return values


def _is_from_limit(finding: Finding, limit: RuleLimit) -> bool:
    """Say whether a limit produced a finding."""
    return (
        finding.observes in {"", limit.observes}
        and (finding.op, finding.unit, finding.severity) == (limit.op, limit.unit, limit.severity)
        and (bool(limit.value_of) or finding.limit == limit.value)
    )


def _limits_text(finding: Finding, rule: Rule, hit: RuleLimit | None, language: str) -> str:
    """Return from where on the figure warns and blocks, for example `warns above 40, blocks above 60`."""
    limits = [(finding.severity, finding.op, finding.limit)]
    if hit is not None and not hit.value_of:
        # The first character of an operator is its direction: > and >= have the same.
        same = (hit.observes, hit.op[0], hit.when)
        likes = (one for one in rule.limits if (one.observes, one.op[0], one.when) == same and not one.value_of)
        limits = [(one.severity, one.op, one.value) for one in likes]
    unit = _UNITS.get(finding.unit, NO_TEXT).in_language(language)
    words = (
        _LIMIT_WORDS[op]
        .in_language(language)
        .format(
            effect=_EFFECTS[severity].in_language(language), limit=_figure(value, None, finding.unit, language) + unit
        )
        for severity, op, value in sorted(limits, key=lambda limit: list(_EFFECTS).index(limit[0]))
    )
    return ("，" if language == "zh" else ", ").join(words)


def _values(finding: Finding, policy: Policy, language: str) -> _PlaceholderValues:
    observed, limit, unit = finding.observed, finding.limit, finding.unit
    values = _PlaceholderValues(
        observed=_PlaceholderValue(_figure(observed, limit, unit, language), is_one=observed == 1),
        limit=_PlaceholderValue(_figure(limit, None, unit, language), is_one=limit == 1),
    )
    if isinstance(observed, int | float):
        values["days"] = _PlaceholderValue(_figure(abs(observed), None, "", language), is_one=abs(observed) == 1)
    if finding.subject:
        about = _PlaceholderValue(_subjects(finding, policy, language), is_one=False)
        values |= {"subject": about, "concerned": about}
    return values


def _subjects(finding: Finding, policy: Policy, language: str) -> str:
    """Return what a finding is about; of many numbers the first ones and how many there are."""
    subjects = [_subject(part, policy, language) for part in finding.subjects]
    if PEOPLE_WORDS.keys() >= set(finding.subjects):
        return ("和" if language == "zh" else " and ").join(subjects)
    more = len(subjects) - _MOST_LISTED
    if more <= 0 or not _is_number(finding.subjects[0]):
        return comma_joined(subjects, language=language)
    listed = comma_joined(subjects[:_MOST_LISTED], language=language)
    return f"{listed}等{len(subjects):,}个号码" if language == "zh" else f"{listed} and {more:,} more"


def _subject(part: str, policy: Policy, language: str) -> str:
    """Return a subject of a finding: the name of a document, list or role, or the number or words as they are."""
    if part in _DOCUMENT_CODES:
        return document_name(DocumentKind(part), policy, language)
    if part in CREDIT_LIST_WORDS:
        return catalogue(language).gettext(CREDIT_LIST_WORDS[part])
    return PEOPLE_WORDS[part].in_language(language) if part in PEOPLE_WORDS else part


def _is_number(part: str) -> bool:
    """Say whether a subject is a number, in clear or masked."""
    return part not in _DOCUMENT_CODES and any(map(str.isdigit, part))


def _figure(value: FactValue, apart_from: FactValue, unit: str, language: str) -> str:
    """Return a value as text. A value that differs from `apart_from` never looks equal to it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _YES_NO[value].in_language(language)
    if isinstance(value, str):
        return value
    if unit == "fen":
        return money_text(value, language)
    factor, sign = (100, "%") if unit == "ratio" else (1, "")
    other = apart_from * factor if isinstance(apart_from, int | float) else None
    return _shortest(value * factor, other) + sign


def _shortest(value: float, apart_from: float | None) -> str:
    """Return a number with as few decimals as distinguish it from `apart_from`.

    Without `apart_from`, the number is a limit, which is shown in full.
    """
    if isinstance(value, int):
        return f"{value:,}"
    if apart_from is None:
        return _rounded(value, _MOST_DECIMALS)
    shown = ""
    for decimals in range(1, _MOST_DECIMALS + 1):
        shown = _rounded(value, decimals)
        if value == apart_from or shown != _rounded(apart_from, decimals):
            break
    return shown


def _rounded(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".")


def money_text(fen: float, language: str) -> str:
    """Return an amount: CNY 500,000 or CNY 12.30; 50万元 or 12.30元."""
    if language == "zh" and fen and fen % _FEN_OF_TEN_THOUSAND_YUAN == 0:
        return f"{int(fen // _FEN_OF_TEN_THOUSAND_YUAN):,}万元"
    yuan = fen / _FEN_OF_YUAN
    text = f"{yuan:,.0f}" if fen % _FEN_OF_YUAN == 0 else f"{yuan:,.2f}"
    return f"{text}元" if language == "zh" else f"CNY {text}"


def earlier_fail_text(fail: EarlierFail) -> str:
    """Return the sentence about the earlier final fail of an applicant who applied again during its cooldown."""
    return _("The same applicant failed finally on {day} ({case}) and may apply again from {again}.").format(
        day=fail.failed_on.isoformat(), case=format_case(fail.case_id), again=fail.again_from.isoformat()
    )
