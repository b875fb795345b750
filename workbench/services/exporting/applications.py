"""Exports applications with the columns of an import, so that an unmasked export can be imported again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Row, select, type_coerce
from sqlalchemy.types import NullType

from db.columns import from_us, personal_columns
from db.enums import ImportKind
from db.models import ApplicationRow
from db.queries.published import CASE, EVERYTHING, current_case_id, has_newer, is_published
from workbench.domain.case.case_id import format_case
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.case.known_people import masked_column
from workbench.services.case.masking import public_name
from workbench.services.case.redaction import FREE_TEXTS
from workbench.services.exporting.sheets import Column, Page, converted
from workbench.services.exporting.source import Source
from workbench.services.reading.kinds import SORTS

_IMPORT_COLUMNS = tuple(name.removesuffix("*") for name in SORTS[ImportKind.APPLICATIONS])
COLUMNS = ("case", "state", *_IMPORT_COLUMNS)

_FEN_PER_YUAN = Decimal(100)
_FEN = Decimal("0.01")
_PERSONAL = personal_columns(ApplicationRow)
_INSTANTS = ("submitted_at", "received_at")
_DAYS = ("first_reviewed_on", "licence_valid_to", "handler_id_issued_on", "handler_id_valid_to")
_KEY = ("agent", "application_no")

_SHOWN = [column for column in APPLICATION.c if column.name in {*COLUMNS, "id", "registered_capital_fen"}]

# The columns are read as they are stored: converting each value of a million rows would take longer than all the rest.
_STATEMENT = (
    select(
        *(type_coerce(column, NullType()).label(column.name) for column in (*_SHOWN, CASE.c.held_until)),
        *(CASE.c.state, CASE.c.id.label("case")),
    )
    .select_from(APPLICATION.outerjoin(CASE, CASE.c.id == current_case_id(APPLICATION)))
    .where(is_published(APPLICATION.c.batch_id), ~has_newer(APPLICATION, APPLICATION, _KEY, EVERYTHING))
)


def pages(source: Source) -> Iterator[Page]:
    """Yield the newest published version of each application, with its open case, else its newest."""
    statement = _STATEMENT.where(*source.on_or_after_since(APPLICATION.c.received_at))
    for rows in source.pages(statement, APPLICATION.c.id):
        columns: dict[str, Column] = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
        if not source.reveal:
            columns |= _masked(source, rows, columns)
        columns["state"] = [
            state and source.effective_state(state, held_until and from_us(held_until))
            for state, held_until in zip(columns["state"], columns["held_until"], strict=True)
        ]
        columns["case"] = [case and format_case(case) for case in columns["case"]]
        columns["registered_capital_cny"] = converted(columns["registered_capital_fen"], _yuan)
        columns |= {name: converted(columns[name], source.local) for name in _INSTANTS}
        columns |= {name: converted(columns[name], _day) for name in _DAYS}
        yield [columns[name] for name in COLUMNS]


def _masked(source: Source, rows: Sequence[Row[Any]], columns: Mapping[str, Column]) -> dict[str, Column]:
    """Return the columns with personal values, masked."""
    kinds, names = columns["applicant_kind"], columns["applicant_name"]
    masked: dict[str, Column] = {
        name: converted(columns[name], partial(masked_column, kind)) for name, kind in _PERSONAL.items()
    }
    masked["applicant_name"] = [public_name(kind, name) for kind, name in zip(kinds, names, strict=True)]
    texts = {name: list(columns[name]) for name in FREE_TEXTS}
    with_text = [place for place, own in enumerate(zip(*texts.values(), strict=True)) if any(own)]
    people = source.people_of(rows[place] for place in with_text)
    for place in with_text:
        hidden = people[rows[place].agent, rows[place].application_no]
        for column in texts.values():
            column[place] = column[place] and hidden.mask_in(column[place])
    return masked | texts


def _yuan(fen: int) -> Decimal:
    return (fen / _FEN_PER_YUAN).quantize(_FEN)


def _day(text: str) -> date:
    return date.fromisoformat(text)
