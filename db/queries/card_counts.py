"""How many cards an applicant has, over all visible applications."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlmodel import Session

from db.enums import ApplicantKind
from db.models import ApplicationRow, CardRow
from db.queries.published import ImportedRow, Snapshot, table_of
from db.queries.visibility import has_newer, is_visible

_APPLICATION = table_of(ApplicationRow)
_CARD = table_of(CardRow)
_A, _C = _APPLICATION.alias("a"), _CARD.alias("c")
_CHUNK_SIZE = 500


@dataclass(frozen=True, slots=True)
class CardCounts:
    """The number of cards of applicants, by USCC or hash of an ID number: the most of one brand, and all."""

    of_one_brand: Mapping[str, int]
    of_all: Mapping[str, int]

    def of(self, application: ImportedRow) -> tuple[int, int]:
        """Return the number of cards of an application's applicant: the most of one brand, and all."""
        subject = application[_subject_column(application)]
        return self.of_one_brand.get(subject, 0), self.of_all.get(subject, 0)


def card_counts(session: Session, applications: Iterable[ImportedRow], snapshot: Snapshot) -> CardCounts:
    """Count the cards of the applicants of some applications.

    A card in several applications is counted once. A card without a brand counts for no brand.
    """
    subjects: dict[str, set[str]] = {"uscc": set(), "handler_id_hash": set()}
    for application in applications:
        column = _subject_column(application)
        subjects[column].add(application[column])
    of_one_brand: dict[str, int] = {}
    of_all: dict[str, int] = {}
    for column, wanted in subjects.items():
        values = sorted(wanted - {""})
        for start in range(0, len(values), _CHUNK_SIZE):
            _count(session, column, values[start : start + _CHUNK_SIZE], snapshot, of_one_brand, of_all)
    return CardCounts(of_one_brand, of_all)


def _subject_column(application: ImportedRow) -> str:
    """Return the column that identifies the applicant: the ID number of an individual, else the USCC."""
    is_person = application["applicant_kind"] == ApplicantKind.INDIVIDUAL or not application["uscc"]
    return "handler_id_hash" if is_person else "uscc"


def _count(
    session: Session,
    column: str,
    subjects: Sequence[str],
    snapshot: Snapshot,
    of_one_brand: dict[str, int],
    of_all: dict[str, int],
) -> None:
    application, card = _A, _C
    subject = application.c[column]
    belongs = and_(card.c.agent == application.c.agent, card.c.application_no == application.c.application_no)
    cards = (
        select(subject.label("subject"), card.c.brand, card.c.msisdn)
        .select_from(application)
        .join(card, belongs)
        .where(subject.in_(subjects))
        .where(is_visible(application.c.batch_id, snapshot), is_visible(card.c.batch_id, snapshot))
        .where(~has_newer(application, _APPLICATION, ("agent", "application_no"), snapshot))
        .where(~has_newer(card, _CARD, ("agent", "application_no", "msisdn"), snapshot))
    ).subquery()
    cards_of = func.count(cards.c.msisdn.distinct())
    for row in session.execute(select(cards.c.subject, cards_of).group_by(cards.c.subject)):
        of_all[row[0]] = row[1]
    by_brand = select(cards.c.subject, cards_of).where(cards.c.brand != "").group_by(cards.c.subject, cards.c.brand)
    for row in session.execute(by_brand):
        of_one_brand[row[0]] = max(of_one_brand.get(row[0], 0), row[1])
