"""The words about what is kept, and for how long."""

from collections.abc import Iterable, Mapping
from datetime import date

from workbench.domain.policy.retention import Keeps, Kind
from workbench.i18n import N_, _, comma_joined

KIND_WORDS: Mapping[Kind, str] = {
    Kind.PASSED: N_("passed cases"),
    Kind.FAILED: N_("failed cases"),
    Kind.LAPSED: N_("lapsed cases"),
    Kind.WITHDRAWN: N_("withdrawn cases"),
    Kind.DOCUMENTS: N_("documents of other cases"),
    Kind.CALLS: N_("call records of other cases"),
    Kind.SNAPSHOTS: N_("snapshots of other cases"),
    Kind.DRAFTS: N_("drafts of other cases"),
}
"""What retention erases: whole cases by result, and parts of cases that stay."""

_PART_WORDS: Mapping[str, str] = {
    Kind.DOCUMENTS: N_("documents"),
    Kind.CALLS: N_("call records"),
    Kind.SNAPSHOTS: N_("snapshots"),
    Kind.DRAFTS: N_("drafts"),
}

KEEPS_WORDS: Mapping[Keeps, str] = {
    Keeps.OPEN: N_("another case of the application is open"),
    Keeps.HELD: N_("under legal hold"),
    Keeps.APPEALABLE: N_("an appeal is possible"),
    Keeps.OWED: N_("a letter or measure is owed"),
    Keeps.IN_SERVICE: N_("a card is in service"),
    Keeps.NO_PERIOD: N_("the policy has no period"),
    Keeps.NOT_YET: N_("the period is not over"),
}
"""Why something stays."""


def parts_words(parts: Iterable[str]) -> str:
    """Return the parts of a case that were erased; nothing if it was all of it."""
    return comma_joined(_(_PART_WORDS[part]) for part in parts if part in _PART_WORDS)


def erased_words(on: date) -> str:
    """Return what stands in place of the name of an applicant whose case was erased on a local day."""
    return _("erased on {day} (retention)").format(day=on.isoformat())
