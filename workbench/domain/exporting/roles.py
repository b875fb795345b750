"""Which roles export each kind of data, masked or with personal values in clear."""

from collections.abc import Mapping, Set

from db.enums import ExportKind, Role
from workbench.domain.case.lifecycle import WORK_LIST_ROLES, Actor, missing_role_refusal

_ADMINS = frozenset({Role.ADMIN})

WORK_LISTS = (ExportKind.NOTICES, ExportKind.MEASURES)
"""What others carry out: the letters to send, and the measures."""

EXPORT_ROLES: Mapping[ExportKind, Set[Role]] = {
    **dict.fromkeys(ExportKind, _ADMINS),
    # A supervisor sees all of these as lists.
    **dict.fromkeys((ExportKind.QUEUE, ExportKind.DECISIONS, *WORK_LISTS), WORK_LIST_ROLES),
    ExportKind.EVENTS: WORK_LIST_ROLES | {Role.AUDITOR},
}
"""The roles that export each kind of data; events have no personal values, everything else is masked."""

REVEAL_ROLES: Mapping[ExportKind, Set[Role]] = {
    **dict.fromkeys(ExportKind, _ADMINS),
    # Letters cannot be sent, and measures not be carried out, without the names and numbers.
    **dict.fromkeys(WORK_LISTS, WORK_LIST_ROLES),
}
"""The roles that export each kind of data with personal values in clear."""


def export_refusal(what: ExportKind, actor: Actor, *, reveal: bool = False) -> str | None:
    """Return why a person may not export a kind of data, with `reveal` in clear, or None if they may."""
    return missing_role_refusal((REVEAL_ROLES if reveal else EXPORT_ROLES)[what], actor)
