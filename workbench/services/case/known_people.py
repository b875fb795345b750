"""Finds the people named in any version of an application, so that their names can be masked in texts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlmodel import Session

from db.columns import personal_columns
from db.enums import ApplicantKind
from db.models import ApplicationRow, CardRow
from db.queries.published import every_version
from workbench.domain.text.mask import MaskKind, mask
from workbench.services.case.redaction import Redaction

Key = tuple[str, str]
"""The key of an application: its agent and number."""

BETWEEN_NUMBERS = ";"
"""The separator of phone numbers in one column."""

_OF_APPLICATION = personal_columns(ApplicationRow)
_OF_CARD = personal_columns(CardRow)
_APPLICANT = ("applicant_kind", "applicant_name")


def masked_column(kind: str, text: str) -> str:
    """Return the value of a personal column as its kind is masked; in a list of numbers, each number is masked."""
    if kind == "msisdns":
        return BETWEEN_NUMBERS.join(mask(MaskKind.MSISDN, number) for number in text.split(BETWEEN_NUMBERS))
    return mask(MaskKind(kind), text)


def redactions_of(session: Session, applications: Iterable[Key]) -> dict[Key, Redaction]:
    """Return the redactions that mask the people and applicants of all published versions of applications.

    Earlier versions are included, because texts of earlier rounds name their people. The name of an applicant is masked
    if the applicant is a person. The name of a company is public, even if it contains the name of its owner. If a name
    was that of a person and of a company, the newest version decides.
    """
    wanted = tuple(dict.fromkeys(applications))
    pairs_by_key: dict[Key, list[tuple[str, MaskKind | None]]] = {key: [] for key in wanted}
    for row in every_version(session, CardRow, tuple(_OF_CARD), wanted):
        pairs_by_key[row["agent"], row["application_no"]] += _personal(_OF_CARD, row)
    columns = (*_OF_APPLICATION, *_APPLICANT)
    for row in every_version(session, ApplicationRow, columns, wanted):
        pairs = pairs_by_key[row["agent"], row["application_no"]]
        pairs += _personal(_OF_APPLICATION, row)
        is_person = row["applicant_kind"] == ApplicantKind.INDIVIDUAL
        pairs.append((row["applicant_name"], MaskKind.NAME if is_person else None))
    return {key: Redaction.of(pairs) for key, pairs in pairs_by_key.items()}


def redaction_of(session: Session, application: Key) -> Redaction:
    """Return the redaction for one application; see `redactions_of`."""
    return redactions_of(session, [application])[application]


def _personal(columns: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[tuple[str, MaskKind]]:
    """Yield the personal values of a row with the masks that its table declares."""
    for name, kind in columns.items():
        if kind == "msisdns":
            yield from ((number, MaskKind.MSISDN) for number in row[name].split(BETWEEN_NUMBERS))
        else:
            yield row[name], MaskKind(kind)
