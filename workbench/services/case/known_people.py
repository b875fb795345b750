"""The people that applications ever named, so that they can be masked wherever they are written."""

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
"""An application: its agent and number."""

BETWEEN_NUMBERS = ";"

_OF_APPLICATION = personal_columns(ApplicationRow)
_OF_CARD = personal_columns(CardRow)
_APPLICANT = ("applicant_kind", "applicant_name")


def people_of(session: Session, applications: Iterable[Key]) -> dict[Key, Hidden]:
    """Return, for each of these applications, the people of all its published versions, and its applicant's names.

    Whoever was named in an earlier round stands in what was written then. An applicant's name is masked where the
    applicant is a person; a company's is public, also where the name of its owner is a part of it. Of a name that was
    both, the newest version decides.
    """
    wanted = tuple(dict.fromkeys(applications))
    said: dict[Key, list[tuple[str, MaskKind | None]]] = {key: [] for key in wanted}
    for row in every_version(session, CardRow, tuple(_OF_CARD), wanted):
        said[row["agent"], row["application_no"]] += _personal(_OF_CARD, row)
    columns = (*_OF_APPLICATION, *_APPLICANT)
    for row in every_version(session, ApplicationRow, columns, wanted):
        own = said[row["agent"], row["application_no"]]
        own += _personal(_OF_APPLICATION, row)
        is_person = row["applicant_kind"] == ApplicantKind.INDIVIDUAL
        own.append((row["applicant_name"], MaskKind.NAME if is_person else None))
    return {key: Hidden.of(pairs) for key, pairs in said.items()}


def people_in(session: Session, application: Key) -> Hidden:
    """Return the people of one application, as people_of does of many."""
    return people_of(session, [application])[application]


def _personal(columns: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[tuple[str, MaskKind]]:
    """Return the personal values of a row with their masks, as its table declares them."""
    for name, kind in columns.items():
        if kind == "msisdns":
            yield from ((number, MaskKind.MSISDN) for number in row[name].split(BETWEEN_NUMBERS))
        else:
            yield row[name], MaskKind(kind)
