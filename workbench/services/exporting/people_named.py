"""The names of people in an application, so that they can be masked wherever they are written."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from db.columns import personal_columns
from db.enums import ApplicantKind
from db.models import ApplicationRow, CardRow
from db.queries.published import table_of
from workbench.domain.mask import MaskKind, mask

_APPLICATION = table_of(ApplicationRow)
_CARD = table_of(CardRow)


def _name_columns(model: type[ApplicationRow] | type[CardRow]) -> list[str]:
    return [name for name, kind in personal_columns(model).items() if kind == MaskKind.NAME]


def names_in(session: Session, application_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return, for each of these applications, the names of people that it holds.

    The applicant's own is among them where the applicant is a person; a company's name is public.
    """
    names: dict[int, set[str]] = {}
    keys: dict[tuple[str, str], int] = {}
    for row in session.execute(select(_APPLICATION).where(_APPLICATION.c.id.in_(set(application_ids)))):
        found = {getattr(row, column) for column in _name_columns(ApplicationRow)}
        if row.applicant_kind == ApplicantKind.INDIVIDUAL:
            found.add(row.applicant_name)
        names[row.id] = found
        keys[row.agent, row.application_no] = row.id
    numbers = {application_no for _agent, application_no in keys}
    for row in session.execute(select(_CARD).where(_CARD.c.application_no.in_(numbers))):
        if (row.agent, row.application_no) in keys:
            names[keys[row.agent, row.application_no]] |= {getattr(row, column) for column in _name_columns(CardRow)}
    return {id_: tuple(sorted(found - {""})) for id_, found in names.items()}


def shown_applicant(applicant_name: str, people: Sequence[str]) -> str:
    """Return the name of an applicant, masked where it is that of a person."""
    return mask(MaskKind.NAME, applicant_name) if applicant_name in people else applicant_name
