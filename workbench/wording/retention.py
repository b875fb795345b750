"""The words for the kinds of data, the reasons to keep them, and erased cases."""

from collections.abc import Iterable, Mapping
from datetime import date

from workbench.domain.policy.retention import KeepReason, RetentionKind, parse_period
from workbench.i18n import N_, _, comma_joined, ngettext

RETENTION_KIND_WORDS: Mapping[RetentionKind, str] = {
    RetentionKind.PASSED: N_("passed cases"),
    RetentionKind.FAILED: N_("failed cases"),
    RetentionKind.LAPSED: N_("lapsed cases"),
    RetentionKind.WITHDRAWN: N_("withdrawn cases"),
    RetentionKind.DOCUMENTS: N_("documents of other cases"),
    RetentionKind.CALLS: N_("call records of other cases"),
    RetentionKind.SNAPSHOTS: N_("snapshots of other cases"),
    RetentionKind.DRAFTS: N_("drafts of other cases"),
    RetentionKind.EVIDENCE: N_("evidence without an application"),
}
"""What retention erases: whole cases by result, and parts of cases that stay."""

_PART_WORDS: Mapping[str, str] = {
    RetentionKind.DOCUMENTS: N_("documents"),
    RetentionKind.CALLS: N_("call records"),
    RetentionKind.SNAPSHOTS: N_("snapshots"),
    RetentionKind.DRAFTS: N_("drafts"),
}

KEEP_REASON_WORDS: Mapping[KeepReason, str] = {
    KeepReason.OPEN: N_("another case of the application is open"),
    KeepReason.HELD: N_("under legal hold"),
    KeepReason.APPEALABLE: N_("an appeal is possible"),
    KeepReason.OWED: N_("a letter or measure is owed"),
    KeepReason.IN_SERVICE: N_("a card is in service"),
    KeepReason.NO_PERIOD: N_("the policy has no period"),
    KeepReason.NOT_YET: N_("the period is not over"),
}
"""The reasons to keep data."""


def period_words(text: str) -> str:
    """Return a period of the policy, such as `2 years`, in the user's language; a dash if there is none."""
    period = parse_period(text)
    if period is None:
        return "–"
    years = ngettext("{count} year", "{count} years", period.count)
    days = ngettext("{count} day", "{count} days", period.count)
    return (years if period.is_in_years else days).format(count=period.count)


def parts_words(parts: Iterable[str]) -> str:
    """Return the parts of a case that were erased; empty if the whole case was."""
    return comma_joined(_(_PART_WORDS[part]) for part in parts if part in _PART_WORDS)


def erased_words(on: date) -> str:
    """Return the text in place of an applicant's name, for a case that was erased on a local day."""
    return _("erased on {day} (retention)").format(day=on.isoformat())
