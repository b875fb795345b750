"""Exports applications with the columns of an import, so that an unmasked export can be imported again."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from db.columns import personal_columns
from db.enums import ApplicantKind, ImportKind
from db.models import ApplicationRow, CaseRow
from db.queries.published import EVERYTHING, current_cases, has_newer, is_published
from workbench.domain.case.case_id import format_case
from workbench.services.case.evidence_reader import APPLICATION
from workbench.services.case.known_people import masked_column
from workbench.services.case.masking import public_name
from workbench.services.case.redaction import FREE_TEXTS, Redaction
from workbench.services.exporting.sheets import Record
from workbench.services.exporting.source import Source
from workbench.services.reading.kinds import SORTS

_IMPORT_COLUMNS = tuple(name.removesuffix("*") for name in SORTS[ImportKind.APPLICATIONS])
COLUMNS = ("case", "state", *_IMPORT_COLUMNS)

_FEN_PER_YUAN = Decimal(100)
_KEY = ("agent", "application_no")
_PERSONAL = personal_columns(ApplicationRow)


def rows(source: Source) -> Iterator[Record]:
    """Yield the newest published version of each application, with its open case, else its newest."""
    statement = select(APPLICATION).where(
        is_published(APPLICATION.c.batch_id),
        ~has_newer(APPLICATION, APPLICATION, _KEY, EVERYTHING),
        *source.on_or_after_since(APPLICATION.c.received_at),
    )
    for page in source.pages(statement, APPLICATION.c.id):
        cases = current_cases(source.session, [(row.agent, row.application_no) for row in page])
        people = source.people_of(page)
        for row in page:
            key = (row.agent, row.application_no)
            yield _record(source, row._asdict(), cases.get(key), people[key])


def _record(source: Source, row: Mapping[str, Any], case: CaseRow | None, people: Redaction) -> Record:
    record = source.record(row, FREE_TEXTS, people)
    if not source.reveal:
        record |= {name: masked_column(kind, record[name]) for name, kind in _PERSONAL.items() if record[name]}
        record["applicant_name"] = public_name(ApplicantKind(row["applicant_kind"]), row["applicant_name"])
    fen = row["registered_capital_fen"]
    record["registered_capital_cny"] = None if fen is None else (fen / _FEN_PER_YUAN).quantize(Decimal("0.01"))
    record["case"] = None if case is None else format_case(case.id or 0)
    record["state"] = None if case is None else source.effective_state(case.state, case.held_until)
    return record
