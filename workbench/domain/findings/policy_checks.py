"""Checks of a policy beyond the types of its values."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import time
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.enums import FINAL_STATES, ApplicantKind, DocumentKind, ServiceClass, Verdict
from workbench.domain.facts.all_facts import FACTS
from workbench.domain.facts.fact import FactType
from workbench.domain.policy.placeholders import PLACEHOLDERS, placeholder_names, without_optional_parts
from workbench.domain.policy.policy import (
    CLEAN_REASON,
    OVERRIDE_REASON,
    BilingualText,
    FactValue,
    Policy,
    Reason,
    Rule,
    RuleLimit,
)
from workbench.domain.policy.retention import WHOLE_CASES, RetentionPolicy, parse_period
from workbench.domain.policy.special_cases import SPECIAL_FACTS
from workbench.domain.text.canned_texts import FIELDS
from workbench.domain.values.provinces import province_key
from workbench.i18n import N_, _

WINDOW_STEP_MINUTES = 30
"""Calls are counted by half hours, so a window can begin and end only on a half hour."""

_GREATEST = 10**15
"""The greatest number of a limit: every fact is smaller, and XLSX and JSON keep it exactly."""

PolicyPath = tuple[str | int, ...]
"""The keys and positions that lead to a value of the policy."""

_PLACEHOLDERS_IN_LETTERS = PLACEHOLDERS | {"date"}
_PLACEHOLDERS_WITHOUT_VALUES = frozenset({"subject", "concerned"})
"""The placeholders in letters about a rule whose observed values applicants must not read."""

_EQUALITY = frozenset({"=", "!="})
_MUST_BE: Mapping[FactType, str] = {
    FactType.NUMBER: N_("must be a number of at most 15 digits"),
    FactType.FLAG: N_("must be true or false"),
    FactType.TEXT: N_("must be a text"),
}


class PolicyFault(NamedTuple):
    """A fault in a policy: the path to the wrong value, and how to correct it (without a full stop)."""

    path: PolicyPath
    advice: str


def policy_faults(policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of a policy."""
    yield from _zone_faults(policy.zone)
    yield from _hours_faults(policy.hours.periods)
    yield from _window_faults(policy)
    yield from _missing_keys(policy)
    yield from _repeated_values(policy)
    for code, rule in policy.rules.items():
        yield from _rule_faults(("rules", code), rule, policy)
        for index, limit in enumerate(rule.limits):
            yield from _limit_faults(("rules", code, "limits", index), limit)
    for code, reason in policy.reasons.items():
        yield from _reason_faults(("reasons", code), reason, policy)
    yield from _text_faults(policy)
    yield from _special_faults(policy)
    yield from _retention_faults(policy.retention)
    if policy.rectify.default_days > policy.rectify.cap_days:
        yield _too_many_days(policy, "rectify", "default_days")


def _fault(path: PolicyPath, advice: str, **values: object) -> PolicyFault:
    return PolicyFault(path, advice.format(**values))


def _retention_faults(retention: RetentionPolicy) -> Iterator[PolicyFault]:
    for kind, text in retention.periods.items():
        if parse_period(text) is None:
            advice = _("“{value}” must be a period such as 90 days or 2 years")
            yield _fault(("retention", "periods", kind.value), advice, value=text)
    for position, state in enumerate(retention.keep_in_service):
        if state not in FINAL_STATES:
            advice = _("“{value}” must be one of: {known}")
            known = ", ".join(kind.value for kind in WHOLE_CASES)
            yield _fault(("retention", "keep_in_service", position), advice, value=state.value, known=known)


def _zone_faults(name: str) -> Iterator[PolicyFault]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield _fault(("zone",), _("“{name}” is not a time zone; use one such as Asia/Shanghai"), name=name)


def _hours_faults(periods: Sequence[tuple[time, time]]) -> Iterator[PolicyFault]:
    path = ("hours", "periods")
    for index, period in enumerate(periods):
        yield from _span_faults((*path, index), period)
    if any(reopens < closes for (_opens, closes), (reopens, _closes) in pairwise(periods)):
        yield PolicyFault(path, _("the periods overlap; put them one after the other"))


def _window_faults(policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of the calling hours of industries."""
    yield from _span_faults(("windows", "default"), policy.windows.default, WINDOW_STEP_MINUTES)
    known: set[str] = set()
    for index, industry in enumerate(policy.windows.industries):
        path = ("windows", "industries", index)
        yield from _span_faults((*path, "hours"), industry.hours, WINDOW_STEP_MINUTES)
        for name in industry.names:
            if name in known:
                yield _fault((*path, "names"), _("“{name}” already has a window; name it once"), name=name)
            known.add(name)


def _span_faults(path: PolicyPath, span: tuple[time, time], step_minutes: int = 1) -> Iterator[PolicyFault]:
    """Yield the faults of a start time and an end time on one day."""
    for moment in span:
        if moment.second or moment.microsecond or moment.tzinfo or moment.minute % step_minutes:
            advice = _("“{value}” must be a time such as 08:30, in steps of {minutes} min")
            yield _fault(path, advice, value=moment.isoformat(), minutes=step_minutes)
            return
    if span[0] >= span[1]:
        yield PolicyFault(path, _("must end later than it begins, on the same day"))


def _missing_keys(policy: Policy) -> Iterator[PolicyFault]:
    """Yield a fault for each code that every policy must define and this one lacks."""
    present_and_required: list[tuple[PolicyPath, Collection[str], Iterable[str]]] = [
        (("classes", "days"), policy.classes.days, ServiceClass),
        (("documents", "required"), policy.documents.required, ApplicantKind),
        (("documents", "names"), policy.documents.names, DocumentKind),
        (("measures",), policy.measures, Verdict),
        (("reasons",), policy.reasons, policy.rules),
    ]
    for path, present, codes in present_and_required:
        yield from (PolicyFault((*path, str(code)), _("missing; add it")) for code in codes if code not in present)
    for code in (CLEAN_REASON, OVERRIDE_REASON):
        if code not in policy.reasons or Verdict.PASS not in policy.reasons[code].verdicts:
            yield PolicyFault(("reasons", code), _('missing; add it, with verdicts = ["pass"]'))


def _repeated_values(policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of lists that have a value twice."""
    lists: list[tuple[PolicyPath, Sequence[str]]] = [
        *((("documents", "required", kind.value), value) for kind, value in policy.documents.required.items()),
        *((("measures", verdict.value), value) for verdict, value in policy.measures.items()),
        *((("reasons", code, "verdicts"), reason.verdicts) for code, reason in policy.reasons.items()),
        *((("special", index, "documents"), special.documents) for index, special in enumerate(policy.special)),
        *((("questions", index, "kinds"), question.kinds) for index, question in enumerate(policy.questions)),
        (("questions",), [question.code for question in policy.questions]),
    ]
    for path, values in lists:
        for value in values:
            if values.count(value) > 1:
                yield _fault(path, _("“{value}” is there twice; give each value once"), value=value)


def _rule_faults(path: PolicyPath, rule: Rule, policy: Policy) -> Iterator[PolicyFault]:
    yield from _code_faults(path, rule.code)
    yield from _placeholder_faults((*path, "text"), rule.text, PLACEHOLDERS)
    for code in rule.stronger:
        if code not in policy.rules or code == rule.code:
            yield _fault((*path, "yields_to"), _("“{rule}” is not another rule of this policy"), rule=code)


def _text_faults(policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of the canned texts."""
    for name, words in policy.texts.items():
        yield from _placeholder_faults(("texts", name), words, FIELDS)


def _special_faults(policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of special cases: unknown facts and values, and tables that change nothing."""
    for index, special in enumerate(policy.special):
        path = ("special", index)
        for name, values in special.conditions.items():
            if name not in SPECIAL_FACTS:
                yield _unknown_fact((*path, "when", name), name, SPECIAL_FACTS)
            for value in values:
                if name == "province" and not province_key(value):
                    yield _fault((*path, "when", name), _("“{value}” is not a province"), value=value)
                if name == "applicant_kind" and value not in set(ApplicantKind):
                    advice, known = _("“{value}” must be one of: {known}"), ", ".join(ApplicantKind)
                    yield _fault((*path, "when", name), advice, value=value, known=known)
        if not (special.service_class or special.documents or special.rectify_days or special.pending_days):
            keys = "service_class, documents, rectify_days, pending_days"
            yield _fault(path, _("changes nothing; give one of: {known}"), known=keys)
        if special.rectify_days is not None and special.rectify_days > policy.rectify.cap_days:
            yield _too_many_days(policy, *path, "rectify_days")


def _code_faults(path: PolicyPath, code: str) -> Iterator[PolicyFault]:
    """Yield the fault of an entry whose code is not the name of its table."""
    if code != path[-1]:
        yield _fault((*path, "code"), _("must be “{code}”, the name of its table"), code=path[-1])


def _limit_faults(path: PolicyPath, limit: RuleLimit) -> Iterator[PolicyFault]:
    """Yield the faults of a limit: unknown facts, and an operator or a value that does not fit its fact."""
    # A limit on cards or documents may also compare with the facts of the case.
    scope_facts, known = FACTS[limit.scope], {**FACTS["case"], **FACTS[limit.scope]}
    fact_type = scope_facts.get(limit.observes)
    if fact_type is None:
        yield _unknown_fact((*path, "observes"), limit.observes, scope_facts)
        return
    if fact_type is not FactType.NUMBER and limit.op not in _EQUALITY:
        yield _fault((*path, "op"), _("“{fact}” can only be compared by = or !="), fact=limit.observes)
    has_value, has_value_of = limit.value is not None, bool(limit.value_of)
    if has_value == has_value_of:
        yield PolicyFault((*path, "value"), _("give either value or value_of"))
    elif has_value and not _is_of_type(limit.value, fact_type):
        yield PolicyFault((*path, "value"), _(_MUST_BE[fact_type]))
    for key, name, needed in (("value_of", limit.value_of, fact_type), ("subject_of", limit.subject_of, FactType.TEXT)):
        if name and known.get(name) is not needed:
            yield _unknown_fact((*path, key), name, [fact for fact, its_type in known.items() if its_type is needed])
    yield from _restriction_faults(path, limit, known)
    if limit.text is not None:
        yield from _placeholder_faults((*path, "text"), limit.text, PLACEHOLDERS)


def _restriction_faults(path: PolicyPath, limit: RuleLimit, known: Mapping[str, FactType]) -> Iterator[PolicyFault]:
    """Yield the faults in the minimum sample and the conditions of a limit."""
    for index, fact in enumerate(limit.samples):
        if index or fact not in known:
            yield PolicyFault((*path, f"min_{fact}"), _("give only one minimum sample, of a fact that is counted here"))
    for name, values in limit.conditions.items():
        if name not in known:
            yield _unknown_fact((*path, "when", name), name, known)
        elif not all(_is_of_type(value, known[name]) for value in values):
            yield PolicyFault((*path, "when", name), _(_MUST_BE[known[name]]))


def _unknown_fact(path: PolicyPath, name: str, known: Collection[str]) -> PolicyFault:
    advice = _("“{name}” is not a fact that can be used here; known: {known}")
    return _fault(path, advice, name=name, known=", ".join(sorted(known)))


def _is_of_type(value: FactValue, fact_type: FactType) -> bool:
    match value:
        case bool():
            return fact_type is FactType.FLAG
        case str():
            return fact_type is FactType.TEXT
        case _:
            # TOML has inf, and nan, which is unequal even to itself: no fact can be compared with it.
            return fact_type is FactType.NUMBER and (value is None or abs(value) <= _GREATEST)


def _reason_faults(path: PolicyPath, reason: Reason, policy: Policy) -> Iterator[PolicyFault]:
    """Yield the faults of a reason: placeholders that its texts cannot fill, and periods without an item."""
    yield from _code_faults(path, reason.code)
    rule = policy.rules.get(reason.code)
    allowed = frozenset[str]()
    if rule is not None:
        allowed = _PLACEHOLDERS_IN_LETTERS if rule.told else _PLACEHOLDERS_WITHOUT_VALUES
    for key in ("letter", "item", "letter_person", "item_person"):
        words: BilingualText = getattr(reason, key)
        yield from _placeholder_faults((*path, key), words, allowed)
        if any(set("{[]") & set(without_optional_parts(text)) for text in (words.en, words.zh)):
            advice = _("put placeholders between square brackets, such as {example}, and close each bracket")
            yield _fault((*path, key), advice, example="[ ({days} days ago)]")
    for key in ("rectify_days", "rectify_hours"):
        if getattr(reason, key) is not None and not reason.item.en:
            yield PolicyFault((*path, key), _("there is no item to rectify; add one or remove this"))
    if reason.rectify_days is not None and reason.rectify_hours is not None:
        yield PolicyFault((*path, "rectify_hours"), _("give either rectify_days or rectify_hours"))
    if reason.rectify_days is not None and reason.rectify_days > policy.rectify.cap_days:
        yield _too_many_days(policy, *path, "rectify_days")


def _too_many_days(policy: Policy, *path: str | int) -> PolicyFault:
    return _fault(path, _("must be a whole number from {least} to {most}"), least=1, most=policy.rectify.cap_days)


def _placeholder_faults(path: PolicyPath, words: BilingualText, allowed: Collection[str]) -> Iterator[PolicyFault]:
    """Yield the faults of a text: placeholders that are not allowed, and unmatched braces."""
    for text in (words.en, words.zh):
        try:
            unknown = placeholder_names(text) - set(allowed)
        except ValueError:
            yield _fault(path, _("a brace stands alone; write placeholders such as {example}"), example="{days}")
            continue
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "–"
            advice = _("{shown} cannot be used here; allowed: {known}")
            yield _fault(path, advice, shown=f"{{{min(unknown)}}}", known=known)
