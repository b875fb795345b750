"""How many cards in service an applicant has, over all visible applications."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import CompoundSelect, Select, and_, bindparam, func, null, or_, select, union_all
from sqlmodel import Session

from db.dialects.lists import is_in_list
from db.enums import ApplicantKind
from db.models import CardRow
from db.queries.published import APPLICATION, BOUND, ImportedRow, Snapshot, has_newer, is_visible, rows_of, table_of

_CARD = table_of(CardRow)
_A, _C = APPLICATION.alias("a"), _CARD.alias("c")


@dataclass(frozen=True, slots=True)
class CardCounts:
    """The counts of cards in service, by the USCC or the hash of the ID number of an applicant."""

    most_of_one_brand: Mapping[str, int]
    totals: Mapping[str, int]

    def of(self, application: ImportedRow) -> tuple[int, int]:
        """Return the count for the brand with most cards, and the total, of an application's applicant."""
        subject = application[_column_of(application)]
        return self.most_of_one_brand.get(subject, 0), self.totals.get(subject, 0)


def card_counts(session: Session, applications: Iterable[ImportedRow], snapshot: Snapshot, today: date) -> CardCounts:
    """Count the cards of the applicants of some applications that are in service on a local day.

    A card is in service up to the day on which its service ends. A card in several applications is counted once. A
    card without a brand counts for no brand.
    """
    subjects: dict[str, set[str]] = {"uscc": set(), "handler_id_hash": set()}
    for application in applications:
        column = _column_of(application)
        subjects[column].add(application[column])
    most_of_one_brand: dict[str, int] = {}
    totals: dict[str, int] = {}
    for column, applicants in subjects.items():
        rows = rows_of(session, _counts(column), applicants - {""}, today=today, **snapshot.values())
        for subject, brand, count in rows:
            if brand is None:
                totals[subject] = count
            else:
                most_of_one_brand[subject] = max(count, most_of_one_brand.get(subject, 0))
    return CardCounts(most_of_one_brand, totals)


def applicant_column(kind: str, uscc: str) -> str:
    """Return the column that identifies an applicant: the ID number of an individual, else the USCC."""
    return "handler_id_hash" if kind == ApplicantKind.INDIVIDUAL or not uscc else "uscc"


def _column_of(application: ImportedRow) -> str:
    return applicant_column(application["applicant_kind"], application["uscc"])


@cache
def _counts(column: str) -> CompoundSelect[tuple[str, str | None, int]]:
    """Return the statement that counts the cards of each applicant: in all, with brand NULL, and by brand."""
    cards = _cards(column).cte("cards")
    count = func.count(cards.c.msisdn.distinct())
    totals = select(cards.c.subject, null().label("brand"), count).group_by(cards.c.subject)
    of_brand = select(cards.c.subject, cards.c.brand, count).where(cards.c.brand != "")
    return union_all(totals, of_brand.group_by(cards.c.subject, cards.c.brand))


def _cards(column: str) -> Select[tuple[str, str, str]]:
    """Return the statement that selects the visible cards in service of the listed applicants."""
    subject = _A.c[column]
    belongs = and_(_C.c.agent == _A.c.agent, _C.c.application_no == _A.c.application_no)
    return (
        select(subject.label("subject"), _C.c.brand, _C.c.msisdn)
        .select_from(_A)
        .join(_C, belongs)
        .where(is_in_list((subject,)))
        .where(or_(_C.c.service_ended_on.is_(None), _C.c.service_ended_on >= bindparam("today")))
        .where(is_visible(_A.c.batch_id, BOUND), is_visible(_C.c.batch_id, BOUND))
        .where(~has_newer(_A, APPLICATION, ("agent", "application_no"), BOUND))
        .where(~has_newer(_C, _CARD, ("agent", "application_no", "msisdn"), BOUND))
    )
