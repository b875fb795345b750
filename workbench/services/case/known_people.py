"""Finds the people that applications named in any version, so that texts about a case can be masked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlmodel import Session

from db.columns import personal_columns
from db.enums import ApplicantKind
from db.models import ApplicationRow, CardRow
from db.queries.published import every_version
from workbench.domain.text.mask import MaskKind
from workbench.services.case.redaction import Hidden

Key = tuple[str, str]
"""The key of an application: its agent and number."""

BETWEEN_NUMBERS = ";"
"""Separates the phone numbers in one column."""

_OF_APPLICATION = personal_columns(ApplicationRow)
_OF_CARD = personal_columns(CardRow)
_APPLICANT = ("applicant_kind", "applicant_name")


def people_of(session: Session, applications: Iterable[Key]) -> dict[Key, Hidden]:
    """Return the people of applications, from all published versions, with the names of the applicants.

    Earlier versions count because texts of earlier rounds name their people. The name of an applicant is masked if the
    applicant is a person; the name of a company is public, even if the name of its owner is part of it. If a name was
    both, the newest version decides.
    """
    wanted = tuple(dict.fromkeys(applications))
    named: dict[Key, list[tuple[str, MaskKind | None]]] = {key: [] for key in wanted}
    for row in every_version(session, CardRow, tuple(_OF_CARD), wanted):
        named[row["agent"], row["application_no"]] += _personal(_OF_CARD, row)
    columns = (*_OF_APPLICATION, *_APPLICANT)
    for row in every_version(session, ApplicationRow, columns, wanted):
        own = named[row["agent"], row["application_no"]]
        own += _personal(_OF_APPLICATION, row)
        is_person = row["applicant_kind"] == ApplicantKind.INDIVIDUAL
        own.append((row["applicant_name"], MaskKind.NAME if is_person else None))
    return {key: Hidden.of(pairs) for key, pairs in named.items()}


def people_in(session: Session, application: Key) -> Hidden:
    """Return the people of one application; see `people_of`."""
    return people_of(session, [application])[application]


def _personal(columns: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[tuple[str, MaskKind]]:
    """Yield the personal values of a row with the masks that its table declares."""
    for name, kind in columns.items():
        if kind == "msisdns":
            yield from ((number, MaskKind.MSISDN) for number in row[name].split(BETWEEN_NUMBERS))
        else:
            yield row[name], MaskKind(kind)
