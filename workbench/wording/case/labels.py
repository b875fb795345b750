"""The words for the values of a case; the tables are translated where they are shown."""

from collections.abc import Iterable, Sequence

from db.enums import ApplicantKind, CreditMatch, IdType, ItemResult, Measure, Quality, Verdict, WaitsFor
from workbench.domain.case.records import DecisionLine
from workbench.i18n import N_, _, comma_joined, with_details

_MOST_NUMBERS = 3
"""The most numbers that a short list names."""

APPLICANT_KIND_WORDS: dict[ApplicantKind, str] = {
    ApplicantKind.ENTERPRISE: N_("enterprise"),
    ApplicantKind.SOLE_PROPRIETOR: N_("sole proprietor"),
    ApplicantKind.INDIVIDUAL: N_("individual"),
}
ID_NUMBER_WORDS: dict[object, str] = {
    IdType.PASSPORT: N_("passport number"),
    IdType.HMT_PERMIT: N_("HK/Macau permit"),
    IdType.TW_PERMIT: N_("Taiwan permit"),
    IdType.FOREIGN_RESIDENCE: N_("foreigner's ID"),
    IdType.MILITARY: N_("military ID"),
    IdType.POLICE: N_("armed police ID"),
}
ANSWER_WORDS: dict[str | None, str] = {"yes": N_("yes"), "no": N_("no"), "n/a": N_("does not apply")}
VERIFICATION_WORDS: dict[str, str] = {
    "phone": N_("by phone"),
    "registry": N_("in a registry"),
    "visit": N_("by a visit"),
    "department": N_("by another department"),
}
CREDIT_MATCH_WORDS: dict[CreditMatch, str] = {
    CreditMatch.EXACT: N_("listed"),
    CreditMatch.NAME_ONLY: N_("same name only"),
    CreditMatch.NONE: N_("none"),
}
WAITS_FOR_WORDS: dict[WaitsFor, str] = {
    WaitsFor.APPLICANT: N_("the applicant"),
    WaitsFor.CARRIER: N_("the carrier"),
    WaitsFor.REGISTRY: N_("a registry"),
    WaitsFor.DEPARTMENT: N_("another department"),
}
MEASURE_WORDS: dict[Measure, str] = {
    Measure.NONE: N_("no measure"),
    Measure.BAR_OUT: N_("bar outbound"),
    Measure.BAR_BOTH: N_("bar both ways"),
    Measure.RESTORE: N_("restore"),
}
QUALITY_WORDS: dict[Quality | None, str] = {
    Quality.BLURRED: N_("blurred"),
    Quality.INCOMPLETE: N_("incomplete picture"),
}
VERDICT_TITLES: dict[Verdict, str] = {
    Verdict.PASS: N_("Pass"),
    Verdict.FAIL: N_("Fail"),
    Verdict.PENDING: N_("Pending"),
}
DECIDED_WORDS: dict[Verdict, str] = {
    Verdict.PASS: N_("passed"),
    Verdict.FAIL: N_("failed"),
    Verdict.PENDING: N_("pending"),
}
PROPOSED_WORDS: dict[Verdict, str] = {
    Verdict.PASS: N_("proposed pass"),
    Verdict.FAIL: N_("proposed fail"),
    Verdict.PENDING: N_("proposed pending"),
}
"""The words for verdicts that a second person must check before they take effect."""
DECISION_STATUS_WORDS: dict[str, str] = {
    "applied": N_("in effect"),
    "staged": N_("waits for a check"),
    "approved": N_("checked, in effect"),
    "returned": N_("returned"),
    "void": N_("void"),
    "undone": N_("undone"),
}
ITEM_RESULT_WORDS: dict[ItemResult, str] = {
    ItemResult.FIXED: N_("fixed"),
    ItemResult.PARTLY: N_("partly fixed"),
    ItemResult.NOT_FIXED: N_("not fixed"),
}
_CHECK_CAUSE_WORDS: dict[str, str] = {
    "final_fail": N_("a final fail"),
    "override": N_("a pass against a blocking finding"),
    "high_risk": N_("a pass at high risk"),
    "restore": N_("restoring the cards"),
}


def decided_words(decision: DecisionLine) -> str:
    """Return the verdict of a decision; one that never took effect was only proposed."""
    is_proposal = decision.status in {"staged", "returned", "void"}
    return _((PROPOSED_WORDS if is_proposal else DECIDED_WORDS)[decision.verdict])


def check_cause_words(rules: Iterable[str]) -> str:
    """Return what a second person must check, given the rules that require it."""
    return comma_joined(_(_CHECK_CAUSE_WORDS.get(rule, rule)) for rule in rules)


def measure_words(decision: DecisionLine, *, is_short: bool = False) -> str:
    """Return the measure of a verdict, with its numbers, all or in short, if it concerns only some of the case's."""
    listed = numbers_words if is_short else comma_joined
    return with_details(_(MEASURE_WORDS[decision.measure]), listed(decision.numbers))


def numbers_words(numbers: Sequence[str]) -> str:
    """Return some numbers, or the first of them and how many there are."""
    first, message = comma_joined(numbers[:_MOST_NUMBERS]), _("{numbers} … ({total} in total)")
    return message.format(numbers=first, total=len(numbers)) if len(numbers) > _MOST_NUMBERS else first
