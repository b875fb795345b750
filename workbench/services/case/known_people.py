"""Finds the people named in any version of an application, so that their names can be masked in texts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, FromClause, case, func, select
from sqlmodel import Session

from db.columns import personal_columns
from db.enums import ApplicantKind
from db.models import ApplicationRow, CardRow
from db.queries.published import all_versions, table_of
from workbench.domain.text.mask import MaskKind, mask_all
from workbench.domain.text.redaction import BETWEEN_TEXTS, Redaction
from workbench.services.foundation.context import policy_body, policy_versions

Key = tuple[str, str]
"""The key of an application: its agent and number."""

BETWEEN_NUMBERS = ";"
"""The separator of phone numbers in one column."""

_OF_APPLICATION = personal_columns(ApplicationRow)
_OF_CARD = personal_columns(CardRow)
_APPLICANT = ("applicant_kind", "applicant_name")
_PHONE = re.compile(r"[0-9][-0-9 ()/]{8,}[0-9]")
_SUPPLIER = re.compile(r"^ *\[supplier.*?(?=^ *\[|\Z)", re.MULTILINE | re.DOTALL)
"""The tables about the supplier in the text of a policy."""

_SUPPLIER_NUMBERS: WeakKeyDictionary[object, dict[int, list[str]]] = WeakKeyDictionary()
"""The phone numbers of the supplier, by open database and version of its policy; a version never changes."""


def key_of(row: Any) -> Key:
    """Return the key of the application of a case."""
    return row.agent, row.application_no


def masked_values(kind: str, texts: Sequence[str]) -> list[str]:
    """Return the masked values of a personal column of a kind; in a list of numbers, each number is masked."""
    if kind != "msisdns":
        return mask_all(MaskKind(kind), texts)
    lists = [text.split(BETWEEN_NUMBERS) for text in texts]
    masked = iter(mask_all(MaskKind.MSISDN, [number for numbers in lists for number in numbers]))
    return [BETWEEN_NUMBERS.join(islice(masked, len(numbers))) for numbers in lists]


def values_for_search(kind: str, texts: Sequence[str]) -> Sequence[str]:
    """Return values of a personal column in the form that `rows_to_mask` takes, with each list of numbers split."""
    return [text.replace(BETWEEN_NUMBERS, BETWEEN_TEXTS) for text in texts] if kind == "msisdns" else texts


def redactions_of(session: Session, applications: Iterable[Key]) -> dict[Key, Redaction]:
    """Return the redactions that mask the people in all published versions of applications.

    Earlier versions are included, because texts of earlier rounds name their people. An applicant that is a person is
    masked. The name of a company is public, even if it contains the name of its owner. If an applicant is a person in
    one version and a company in another, the newest version decides. The numbers of the supplier are public.
    """
    keys = tuple(dict.fromkeys(applications))
    pairs_by_key: dict[Key, list[tuple[str, MaskKind | None]]] = {key: [] for key in keys}
    for row in all_versions(session, CardRow, tuple(_OF_CARD), keys):
        pairs_by_key[row["agent"], row["application_no"]] += _personal_values(_OF_CARD, row)
    columns = (*_OF_APPLICATION, *_APPLICANT)
    for row in all_versions(session, ApplicationRow, columns, keys):
        pairs_by_key[row["agent"], row["application_no"]] += _values_of_version(row)
    public = public_numbers(session)
    return {key: Redaction.of([*pairs, *public]) for key, pairs in pairs_by_key.items()}


def public_numbers(session: Session) -> list[tuple[str, None]]:
    """Return the digits of the supplier's phone numbers in all versions of the policy, each with no mask."""
    known = _SUPPLIER_NUMBERS.setdefault(session.get_bind(), {})
    for version_id, _day in policy_versions(session):
        if version_id not in known:
            # Parsing a whole policy takes far longer than finding the supplier in its text.
            tables = _SUPPLIER.findall(policy_body(session, version_id))
            phones = (phone for table in tables for phone in _PHONE.findall(table))
            known[version_id] = ["".join(filter(str.isdecimal, phone)) for phone in phones]
    return [(number, None) for numbers in known.values() for number in numbers]


def columns_of_other_people(application: FromClause) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Return two columns of a statement: the people in the other versions of an application, and those on its cards.

    Each column joins all its values into one text. Together with the application's own values, they include everything
    that `redactions_of` masks, and also values of unpublished rows. If both are empty, `redaction_of_version` masks
    everybody.
    """
    version, card = (table_of(model).alias(f"other_{model.__tablename__}") for model in (ApplicationRow, CardRow))
    individual = case((version.c.applicant_kind == ApplicantKind.INDIVIDUAL.value, version.c.applicant_name), else_="")
    of_version = [
        func.replace(version.c[name], BETWEEN_NUMBERS, BETWEEN_TEXTS) if kind == "msisdns" else version.c[name]
        for name, kind in _OF_APPLICATION.items()
    ]
    is_other = version.c.id != application.c.id
    # Most cards have the numbers of the application, and name nobody.
    own_numbers = BETWEEN_NUMBERS + application.c.msisdns + BETWEEN_NUMBERS
    is_own = func.replace(own_numbers, BETWEEN_NUMBERS + card.c.msisdn + BETWEEN_NUMBERS, "") != own_numbers
    return (
        _in_one_text(application, version, [*of_version, individual], is_other),
        _in_one_text(application, card, [card.c[name] for name in _OF_CARD], ~is_own | (card.c.actual_user_name != "")),
    )


def _in_one_text(
    application: FromClause, table: FromClause, columns: Sequence[ColumnElement[str]], *conditions: ColumnElement[bool]
) -> ColumnElement[str]:
    values = reduce(lambda text, column: text + BETWEEN_TEXTS + column, columns)
    is_own = (table.c.agent == application.c.agent, table.c.application_no == application.c.application_no)
    joined = select(func.aggregate_strings(values, BETWEEN_TEXTS)).where(*is_own, *conditions)
    return func.coalesce(joined.correlate(application).scalar_subquery(), "")


def redaction_of_version(row: Mapping[str, Any], public: Iterable[tuple[str, None]]) -> Redaction:
    """Return the redaction that masks the people in one version of an application, but no `public` number."""
    return Redaction.of((*_values_of_version(row), *public))


def _values_of_version(row: Mapping[str, Any]) -> Iterator[tuple[str, MaskKind | None]]:
    yield from _personal_values(_OF_APPLICATION, row)
    is_person = row["applicant_kind"] == ApplicantKind.INDIVIDUAL
    yield row["applicant_name"], MaskKind.NAME if is_person else None


def redaction_of(session: Session, application: Key) -> Redaction:
    """Return the redaction for one application; see `redactions_of`."""
    return redactions_of(session, [application])[application]


def _personal_values(columns: Mapping[str, str], row: Mapping[str, Any]) -> Iterator[tuple[str, MaskKind]]:
    """Yield the values of the personal columns of a row, each with the kind of its mask."""
    for name, kind in columns.items():
        if kind == "msisdns":
            yield from ((number, MaskKind.MSISDN) for number in row[name].split(BETWEEN_NUMBERS))
        else:
            yield row[name], MaskKind(kind)
