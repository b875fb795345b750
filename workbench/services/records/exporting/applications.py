"""Exports applications with the columns of an import; an unmasked export can be imported again."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import String, case, func, select, type_coerce
from sqlalchemy.types import NullType

from db.columns import from_us, personal_columns
from db.enums import ApplicantKind, ImportKind
from db.models import ApplicationRow
from db.queries.published import APPLICATION, CASE, EVERYTHING, current_case_id, has_newer, is_published
from workbench.domain.case.case_id import format_case
from workbench.domain.evidence.evidence import LONG_TERM
from workbench.domain.text.mask import MaskKind
from workbench.domain.text.redaction import BETWEEN_TEXTS, FREE_TEXTS, Redaction, rows_to_mask
from workbench.services.case import known_people
from workbench.services.case.masking import public_name
from workbench.services.files.reading.kinds import COLUMN_TYPES
from workbench.services.records.exporting.sheets import ColumnValues, Page, convert_column, text_of
from workbench.services.records.exporting.source import ExportSource, KeyRange
from workbench.wording.retention import erased_words

_IMPORT_COLUMNS = tuple(name.removesuffix("*") for name in COLUMN_TYPES[ImportKind.APPLICATIONS])
COLUMNS = ("case", "state", *_IMPORT_COLUMNS)

_FEN_PER_YUAN = Decimal(100)
_FEN = Decimal("0.01")
_PERSONAL = personal_columns(ApplicationRow)
_INSTANTS = ("submitted_at", "received_at")
_DAYS = ("first_reviewed_on", "licence_valid_to", "handler_id_issued_on", "handler_id_valid_to")
_KEY = ("agent", "application_no")
_CONVERTED = {"registered_capital_cny", *_DAYS}

_SHOWN = [APPLICATION.c[name] for name in ("id", "registered_capital_fen", *_IMPORT_COLUMNS) if name not in _CONVERTED]
_OTHERS = {f"others_{index}": column for index, column in enumerate(known_people.columns_of_other_people(APPLICATION))}


def _day(column: Any) -> Any:
    """Return the SQL of a stored day as it is exported."""
    text = type_coerce(column, String)
    return case((text == LONG_TERM.isoformat(), text_of(LONG_TERM)), else_=func.coalesce(text, ""))


# The columns are read as they are stored, because converting each value of a million rows would take the most time.
_STATEMENT = (
    select(
        *(type_coerce(column, NullType()).label(column.name) for column in (*_SHOWN, CASE.c.held_until)),
        *(_day(APPLICATION.c[name]).label(name) for name in _DAYS),
        *(CASE.c.state, CASE.c.id.label("case"), CASE.c.erased_at),
        *(column.label(name) for name, column in _OTHERS.items()),
    )
    .select_from(APPLICATION.outerjoin(CASE, CASE.c.id == current_case_id(APPLICATION)))
    .where(is_published(APPLICATION.c.batch_id), ~has_newer(APPLICATION, APPLICATION, _KEY, EVERYTHING))
)


def pages(source: ExportSource) -> Iterator[Page]:
    """Yield the newest published version of each application, with its open case, or else its newest case."""
    return chain.from_iterable(pages_of(source, portion) for portion in source.portions(APPLICATION.c.id))


def pages_of(source: ExportSource, portion: KeyRange) -> Iterator[Page]:
    """Yield the rows of a portion of the applications."""
    statement = _STATEMENT.where(*source.on_or_after_since(APPLICATION.c.received_at))
    for columns in source.columns(statement, APPLICATION.c.id, portion):
        if not source.reveal:
            columns.update(_masked(source, columns))
        columns["state"] = [
            state if held_until is None else source.effective_state(state, from_us(held_until))
            for state, held_until in zip(columns["state"], columns["held_until"], strict=True)
        ]
        columns["applicant_name"] = [
            name if at is None else erased_words(from_us(at).astimezone(source.zone).date())
            for name, at in zip(columns["applicant_name"], columns["erased_at"], strict=True)
        ]
        columns["case"] = [None if case_id is None else format_case(case_id) for case_id in columns["case"]]
        columns["registered_capital_cny"] = convert_column(columns["registered_capital_fen"], _yuan)
        columns |= {name: source.local(columns[name]) for name in _INSTANTS}
        yield [columns[name] for name in COLUMNS]


def _masked(source: ExportSource, columns: Mapping[str, ColumnValues]) -> dict[str, ColumnValues]:
    """Return the masked columns of personal values."""
    masked: dict[str, ColumnValues] = {
        name: known_people.masked_values(kind, columns[name]) for name, kind in _PERSONAL.items()
    }
    masked["applicant_name"] = list(map(public_name, columns["applicant_kind"], columns["applicant_name"]))
    return masked | _masked_texts(source, columns)


def _masked_texts(source: ExportSource, columns: Mapping[str, ColumnValues]) -> dict[str, ColumnValues]:
    """Return the masked columns of free texts.

    Most rows need no masking, so the few that do are found first, for all rows at once.
    """
    texts = {name: list(columns[name]) for name in FREE_TEXTS if any(columns[name])}
    in_rows = (_in_rows(group) for group in (_names(columns), _numbers(columns), list(texts.values())))
    named, numbered = rows_to_mask(*in_rows)
    keys = {row: (columns["agent"][row], columns["application_no"][row]) for row in named}
    with_others = [row for row in named if any(columns[name][row] for name in _OTHERS)]
    public = known_people.public_numbers(source.session)
    # This redaction names nobody, and masks the numbers of people whom the application does not name.
    nobody = Redaction.of(public)
    people = known_people.redactions_of(source.session, [keys[row] for row in with_others])
    for row, text_keys in named.items():
        redaction = people.get(keys[row]) or known_people.redaction_of_version(
            {name: columns[name][row] for name in (*_PERSONAL, "applicant_kind", "applicant_name")}, public
        )
        own_keys = text_keys.split(BETWEEN_TEXTS)
        # If the keys cannot be assigned to the texts, or a number must be masked, all texts of the row are masked.
        has_keys = len(own_keys) == len(texts) and row not in numbered
        for column, key in zip_longest(texts.values(), own_keys if has_keys else ()):
            if not has_keys or redaction.may_be_named_in(key):
                column[row] = redaction.mask_in(column[row])
    for row in numbered - named.keys():
        for column in texts.values():
            column[row] = nobody.mask_in(column[row])
    return dict(texts)


def _names(columns: Mapping[str, ColumnValues]) -> list[ColumnValues]:
    """Return the columns with names of people that the texts of a row may mention."""
    kinds, names = columns["applicant_kind"], columns["applicant_name"]
    own = [name if kind == ApplicantKind.INDIVIDUAL else "" for kind, name in zip(kinds, names, strict=True)]
    return [own, *(columns[name] for name, kind in _PERSONAL.items() if kind == MaskKind.NAME)]


def _numbers(columns: Mapping[str, ColumnValues]) -> list[ColumnValues]:
    """Return the columns with numbers of people, and with the names and numbers of other versions and cards."""
    kinds = {name: kind for name, kind in _PERSONAL.items() if kind != MaskKind.NAME}
    return [
        *(known_people.values_for_search(kind, columns[name]) for name, kind in kinds.items()),
        *(columns[name] for name in _OTHERS),
    ]


def _in_rows(columns: Sequence[ColumnValues]) -> list[str]:
    """Join the texts of each row into one text; columns without any text are left out."""
    with_text = list(filter(any, columns)) or columns[:1]
    return list(map(BETWEEN_TEXTS.join, zip(*with_text, strict=True)))


@lru_cache(maxsize=10_000)
def _yuan(fen: int) -> Decimal:
    return (fen / _FEN_PER_YUAN).quantize(_FEN)
