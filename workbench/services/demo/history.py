"""The history of the demo: the imports and acts in its files, ordered by time."""

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import chain
from pathlib import Path

from sqlmodel import Session, select
from xlsxwriter import Workbook

from db.enums import (
    ChecklistValue,
    ContactChannel,
    FailKind,
    ImportKind,
    InquiryOutcome,
    Measure,
    Verdict,
    VerificationKind,
)
from db.models import CaseRow
from db.queries.numbers import take_case_numbers
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import ItemRequest, VerdictRequest
from workbench.i18n import _, current_language
from workbench.services.demo import calls
from workbench.services.demo.preparing import FIRST_REVIEWER
from workbench.services.demo.relative_dates import RelativeDates
from workbench.services.intake.importing.plan import ImportRequest
from workbench.services.outbox.recording import Delivery
from workbench.services.wiring import Services

ADMIN = "admin"

# The order does not matter, because an import orders the sheets of a workbook itself.
_SHEETS = (
    ImportKind.OPTOUTS,
    ImportKind.COMPLAINTS,
    ImportKind.CREDIT,
    ImportKind.APPLICATIONS,
    ImportKind.CARDS,
    ImportKind.DOCUMENTS,
)
_DOCUMENTS = "documents"
_ONLY_TEXT = {"strings_to_formulas": False, "strings_to_urls": False}

_WAITS_FOR_APPLICANT = "WAIT-APPLICANT"
_WORKDAYS_WITH_MAILING = 40
_EXCEPTION_EVERY = 60
"""One letter in so many is forgotten, and one cannot be delivered."""

_KEY_COLUMNS = ("application_no", "uscc", "handler_id_no", "legal_rep_id_no", "msisdn")
"""The columns that name a case, its subjects and its cards."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step of the history, at its time."""

    at: datetime
    run: Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAct:
    """An act on a case."""

    case_id: int
    codes: tuple[str, ...]
    """What the act takes besides its text: reasons, documents, a login, a time or a kind."""
    text: str
    dates: RelativeDates


def _verdict(
    verdict: Verdict, fail_kind: FailKind | None = None, measure: Measure = Measure.NONE
) -> Callable[[Services, DemoAct], object]:
    def decide(services: Services, act: DemoAct) -> object:
        return services.verdicts.decide(
            VerdictRequest(
                case_id=act.case_id,
                verdict=verdict,
                fail_kind=fail_kind,
                reasons=act.codes,
                note=act.text,
                measure=measure,
            )
        )

    return decide


def _ask_for_documents(services: Services, act: DemoAct) -> object:
    """Set a case to pending until its applicant sends the documents that the codes of the act name."""
    items = tuple(ItemRequest(code=_WAITS_FOR_APPLICANT, text=kind) for kind in act.codes)
    request = VerdictRequest(
        case_id=act.case_id, verdict=Verdict.PENDING, reasons=(_WAITS_FOR_APPLICANT,), items=items, note=act.text
    )
    return services.verdicts.decide(request)


def _open_documents(services: Services, act: DemoAct) -> None:
    """Open all documents of a case."""
    for line in services.documents.list(act.case_id):
        services.documents.record_opening(act.case_id, line, "shown")


def _record_absence(services: Services, act: DemoAct) -> object:
    """Record the absence of a person from one day to another."""
    login, *days = act.codes
    first, last = (date.fromisoformat(act.dates.written(day)) for day in days)
    return services.absences.away(login, first, last, act.text)


def _open_inquiry(services: Services, act: DemoAct) -> int:
    """Return the open inquiry about a case; the first of several."""
    return next(line.id for line in services.inquiries.list(act.case_id) if line.is_open)


def _answer_inquiry(services: Services, act: DemoAct) -> object:
    return services.inquiries.answer(_open_inquiry(services, act), InquiryOutcome(act.codes[0]), act.text)


_HANDLERS: Mapping[str, Callable[[Services, DemoAct], object]] = {
    "assign": lambda services, act: services.assigning.assign([act.case_id], act.codes[0], act.text),
    "away": _record_absence,
    "inquire": lambda services, act: services.inquiries.inquire(act.case_id, act.codes[0], act.text),
    "verified": _answer_inquiry,
    "withdrawn": lambda services, act: services.inquiries.withdraw(_open_inquiry(services, act), act.text),
    "take": lambda services, act: services.claims.next(format_case(act.case_id)),
    "open": _open_documents,
    "pass": _verdict(Verdict.PASS),
    "fix": _verdict(Verdict.FAIL, FailKind.FIXABLE),
    "final": _verdict(Verdict.FAIL, FailKind.FINAL, Measure.BAR_OUT),
    "wait": _verdict(Verdict.PENDING),
    "ask": _ask_for_documents,
    "undo": lambda services, act: services.undo.undo(act.case_id),
    "approve": lambda services, act: services.checks.approve(act.case_id, act.text),
    "return": lambda services, act: services.checks.give_back(act.case_id, act.text),
    "aside": lambda services, act: services.claims.aside(act.case_id, act.dates.instant(" ".join(act.codes))),
    "skip": lambda services, act: services.claims.skip(act.case_id, act.text),
    "release": lambda services, act: services.claims.release(act.case_id),
    "answer": lambda services, act: services.remarks.answer(act.case_id, act.text),
    "tick": lambda services, _act: services.ticking.tick(),
    "appeal": lambda services, act: services.appeals.file(act.case_id, act.text),
    "reopen": lambda services, act: services.reopening.reopen(act.case_id, act.text),
    "withdraw": lambda services, act: services.remarks.withdraw(act.case_id, act.text),
    "comment": lambda services, act: services.remarks.comment(act.case_id, act.text),
    "checklist": lambda services, act: services.remarks.checklist(act.case_id, act.codes[0], ChecklistValue.YES),
    "contact": lambda services, act: services.remarks.contact(act.case_id, ContactChannel(act.codes[0]), act.text),
    "verify": lambda services, act: services.remarks.verify(act.case_id, VerificationKind(act.codes[0]), act.text),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHistory:
    """The history of the demo.

    Attributes:
        data: The folder of the sample data.
        folder: A temporary folder for import files.
        services_of: The services of each person by login.
        dates: Turns relative cells into dates.
    """

    data: Path
    folder: Path
    services_of: Mapping[str, Services]
    dates: RelativeDates
    only: frozenset[str] = frozenset()
    """The cases, subjects and cards whose rows belong to the history; empty for all."""

    def of_first_cases(self, session: Session) -> "DemoHistory":
        """Return the history of the cases that are assigned to the first reviewer; they get the same numbers.

        They do not depend on other cases, so they are the same as in the whole demo, except for their letters, which
        estimate dates from what was decided before.
        """
        cases = {row["case"] for row in self._rows("acts") if (row["what"], row["codes"]) == ("assign", FIRST_REVIEWER)}
        numbers = list(dict.fromkeys(row["application_no"] for row in self._rows("applications")))
        take_case_numbers(session, min(map(numbers.index, cases), default=0))
        rows = (row for row in chain(self._rows("applications"), self._rows("cards")) if row["application_no"] in cases)
        return replace(self, only=frozenset(row[name] for row in rows for name in _KEY_COLUMNS if row.get(name)))

    def steps(self) -> list[DemoStep]:
        """Return all steps, the earliest first."""
        shutil.copytree(self.data / _DOCUMENTS, self.folder / _DOCUMENTS)
        mailings = () if self.only else self._mailings()
        return sorted(chain(self._imports(), self._acts(), mailings), key=lambda step: step.at)

    def _rows(self, name: str) -> Iterator[Row]:
        with (self.data / "replay" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)

    def _belongs(self, row: Row) -> bool:
        return not (self.only and self.only.isdisjoint(row.values()))

    def _imports(self) -> Iterator[DemoStep]:
        for when, cards in _grouped_by_time(self._rows("callers")).items():
            yield DemoStep(self.dates.instant(when), partial(self._import_calls, cards))
        deliveries: dict[str, dict[ImportKind, list[Row]]] = defaultdict(dict)
        for kind in _SHEETS:
            for when, rows in _grouped_by_time(filter(self._belongs, self._rows(kind.value))).items():
                deliveries[when][kind] = rows
        for when, sheets in deliveries.items():
            yield DemoStep(self.dates.instant(when), partial(self._import, sheets))

    def _import(self, sheets: Mapping[ImportKind, Sequence[Row]]) -> None:
        """Import rows as one workbook, so that each case is evaluated only once."""
        path = self.folder / "delivery.xlsx"
        with Workbook(path, _ONLY_TEXT) as workbook:
            for kind, rows in sheets.items():
                sheet = workbook.add_worksheet(kind.value)
                sheet.write_row(0, 0, rows[0])
                for place, row in enumerate(rows, start=1):
                    sheet.write_row(place, 0, map(self.dates.written, row.values()))
        self._run_import(ImportKind.WORKBOOK, path)

    def _import_calls(self, cards: Sequence[Row]) -> None:
        profiles: dict[str, list[Row]] = defaultdict(list)
        for profile in self._rows("calls"):
            profiles[profile["profile"]].append(profile)
        found = (
            call
            for number, card in enumerate(cards)
            if self._belongs(card)
            for profile in profiles[card["profile"]]
            for call in calls.calls_of(card["msisdn"], number, profile, self.dates)
        )
        path = self.folder / "calls.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([calls.COLUMNS, *found])
        self._run_import(ImportKind.CALLS, path)

    def _run_import(self, kind: ImportKind, path: Path) -> None:
        self.services_of[ADMIN].imports.run(ImportRequest(kind=kind, paths=(path,)))

    def _acts(self) -> Iterator[DemoStep]:
        for row in filter(self._belongs, self._rows("acts")):
            yield DemoStep(self.dates.instant(row["when"]), partial(self._perform, row))

    def _mailings(self) -> Iterator[DemoStep]:
        for day in range(-_WORKDAYS_WITH_MAILING, 0):
            yield DemoStep(self.dates.instant(f"w{day} 17:50"), self._send_letters)

    def _send_letters(self) -> None:
        """Mark the letters of the day as sent, except for a few that are forgotten or cannot be delivered."""
        notices = self.services_of["sup"].notices
        now, cause = notices.context.now(), _("no answer")
        deliveries = [
            Delivery(notice_id=line.id, channel="sms", sent_at=now, failure="" if line.id % _EXCEPTION_EVERY else cause)
            for line in notices.list(unsent=True)
            if line.id % _EXCEPTION_EVERY != 1 and line.failed_at is None
        ]
        notices.record(deliveries)

    def _perform(self, row: Row) -> None:
        services = self.services_of[row["who"]]
        # A verifier may not read cases.
        with self.services_of[ADMIN].context.read() as session:
            case_id = session.exec(select(CaseRow.id).where(CaseRow.application_no == row["case"])).one()
        text = self.dates.written(note_in_language(row))
        act = DemoAct(case_id=case_id or 0, codes=tuple(row["codes"].split()), text=text, dates=self.dates)
        _HANDLERS[row["what"]](services, act)


def note_in_language(row: Row) -> str:
    """Return the text of an act; colleagues of a Chinese demo write no English."""
    return row["zh"] if row["zh"] and current_language() == "zh" else row["text"]


def _grouped_by_time(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by the column `when`, removing that column from each."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.pop("when")].append(row)
    return found
