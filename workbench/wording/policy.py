"""The words about versions of the policy and their differences."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from workbench.domain.case.case_id import format_case
from workbench.domain.policy.comparison import Fen, ListText, PolicyChange, PolicyChangeKind, PolicyValue, values_of
from workbench.domain.policy.policy import Policy
from workbench.domain.policy.versions import VersionState
from workbench.i18n import N_, _, comma_joined, current_language, ngettext
from workbench.wording.amounts import commas
from workbench.wording.findings import money_text

_MOST_LISTED = 20

CHANGE_KIND_WORDS: Mapping[PolicyChangeKind, str] = {
    PolicyChangeKind.THRESHOLD: N_("Rules and thresholds"),
    PolicyChangeKind.REASON: N_("Reasons"),
    PolicyChangeKind.TEXT: N_("Texts"),
    PolicyChangeKind.DOCUMENT: N_("Required documents"),
    PolicyChangeKind.SETTING: N_("Settings"),
}
"""The heading over the changes of each kind, in display order."""

SUPPLIER_WORDS: Mapping[str, str] = {
    "name": N_("Supplier"),
    "phone": N_("Phone"),
    "hours": N_("Hours"),
    "address": N_("Address"),
    "appeal": N_("Where to appeal"),
    "complaint": N_("Where to complain"),
}
"""The fields of a supplier in words."""

_STATE_WORDS: Mapping[VersionState, str] = {
    VersionState.IN_FORCE: N_("in force"),
    VersionState.TO_COME: N_("from {day}"),
    VersionState.EARLIER: N_("earlier"),
    VersionState.REPLACED: N_("replaced before it began"),
}


def version_state_words(state: VersionState, begins_on: date) -> str:
    """Return the state of a version, such as `in force` or `from 2027-01-04`."""
    return _(_STATE_WORDS[state]).format(day=begins_on.isoformat())


def policy_value_words(value: PolicyValue) -> str:
    """Return a value of a policy as a reader sees it; `–` if the policy does not have it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return money_text(value, current_language()) if isinstance(value, Fen) else str(value)


def change_sides(change: PolicyChange) -> tuple[str, str]:
    """Return both values of a change; of two lists, what only the one and only the other has."""
    old, new = change.old, change.new
    if isinstance(old, ListText) and isinstance(new, ListText) and (old.beyond(new) or new.beyond(old)):
        removed, added = (f"−{entry}" for entry in old.beyond(new)), (f"+{entry}" for entry in new.beyond(old))
        return comma_joined(removed), comma_joined(added)
    return policy_value_words(old), policy_value_words(new)


def special_values(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the keys and values of the special cases of a policy, as they are in its file."""
    return ((key, policy_value_words(value)) for key, value in values_of(policy, ("special",)))


def safeguard_words(number: int, changes: Iterable[PolicyChange]) -> str:
    """Return the sentence that names what a policy changed about second persons and about how long data is kept."""
    message = _("Policy {number} differs from the first one in {changes}.")
    return message.format(number=number, changes=comma_joined(map(change_words, changes)))


def change_words(change: PolicyChange) -> str:
    """Return a changed value with its value before."""
    old, new = policy_value_words(change.old), policy_value_words(change.new)
    return _("{key} ({new}, was {old})").format(key=change.key, old=old, new=new)


def changed_findings_words(touched: int, open_cases: int, name: str) -> str:
    """Return the sentence about the open cases that would get other findings under a policy."""
    sentence = ngettext(
        "{touched} of {open} open case would get other findings under {name}.",
        "{touched} of {open} open cases would get other findings under {name}.",
        open_cases,
    )
    return sentence.format(touched=commas(touched), open=commas(open_cases), name=name)


def changed_cases_words(changed: int, touched: int) -> str:
    """Return the sentence about the open cases that changed to a version."""
    sentence = ngettext(
        "{count} open case changed to it; {touched} have other findings now.",
        "{count} open cases changed to it; {touched} have other findings now.",
        changed,
    )
    return sentence.format(count=commas(changed), touched=commas(touched))


def cases_with_changed_findings(case_ids: Iterable[int]) -> str:
    """Return the sentence that names the open cases with other findings: the first of many, and how many more."""
    ids = sorted(case_ids)
    cases, more = comma_joined(format_case(case_id) for case_id in ids[:_MOST_LISTED]), len(ids) - _MOST_LISTED
    if more <= 0:
        return _("Cases with other findings: {cases}.").format(cases=cases)
    sentence = _("Cases with other findings: {cases} and {count} more; --json names all.")
    return sentence.format(cases=cases, count=commas(more))


def policy_effect_words(voided: int, moved: int, letters: int) -> str:
    """Return the sentence about the returned verdicts, moved due dates and letters of a policy change."""
    sentence = _("Verdicts sent back to their makers: {voided}. Due dates moved: {moved}. Letters: {letters}.")
    return sentence.format(voided=commas(voided), moved=commas(moved), letters=commas(letters))


def finding_change_words(added: Iterable[str], removed: Iterable[str], changed: Iterable[str]) -> str:
    """Return how the findings of a case changed, such as `+ACT-PEAK-HOUR −CR-STALE, changed: ACT-HANDSETS`."""
    signed = " ".join([*(f"+{rule}" for rule in added), *(f"−{rule}" for rule in removed)])
    others = comma_joined(changed)
    parts = [signed, _("changed: {rules}").format(rules=others) if others else ""]
    return comma_joined(filter(None, parts)) or _("the findings stay")
