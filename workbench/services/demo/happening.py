"""What others than the reviewer of a case do at the demo: applicants, the admin, the supervisor, checkers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.enums import ApplicantKind, DocumentKind, ImportKind
from workbench.services.demo import fixtures
from workbench.services.demo.deliveries import (
    complaint_rows,
    credit_rows,
    opt_out_rows,
    stored_documents,
    write_calls,
)
from workbench.services.demo.handed import Handed, Row, handed
from workbench.services.demo.plan import DemoCase, Planned
from workbench.services.demo.reviewing import remark
from workbench.services.demo.stage import ADMIN, REVIEWERS, SUPERVISOR, Stage
from workbench.services.demo.twists import Twist, twist_of

_MENDED_BEFORE = timedelta(minutes=20)

Received = Callable[[DemoCase], datetime]
"""Says when an application is received."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Deliveries, and acts on cases that nobody has to hold."""

    stage: Stage
    received: Received

    def hear_of(self, cases: Sequence[DemoCase], before: int) -> None:
        """Take in what is said of applicants before their applications come: calls, opt-outs, complaints, credit."""
        stage = self.stage
        files = [self._handed(case, twist_of(case.twists)) for case in cases]
        stage.take_in_rows(
            ImportKind.OPTOUTS, [row for case in cases for row in opt_out_rows(case, before, stage.dates)]
        )
        stage.take_in(ImportKind.CALLS, write_calls(stage.folder, cases, before, stage.dates))
        stage.take_in_rows(
            ImportKind.COMPLAINTS, [row for case in cases for row in complaint_rows(case, before, stage.dates)]
        )
        stage.take_in_rows(ImportKind.CREDIT, [row for one in files for row in credit_rows(one, before, stage.dates)])

    def deliver(self, cases: Sequence[DemoCase]) -> None:
        """Take in what applicants hand in for the first time."""
        stage = self.stage
        files = [self._handed(case, twist_of(case.twists)) for case in cases]
        stage.handed |= {one.cast.case.no: one for one in files}
        stage.take_in_rows(ImportKind.APPLICATIONS, [one.application for one in files])
        stage.take_in_rows(ImportKind.CARDS, [card for one in files for card in one.cards])
        stage.take_in_rows(ImportKind.DOCUMENTS, [row for one in files for row in self._stored(one, one.documents)])

    def mend(self, case: DemoCase, planned: Planned, at: datetime) -> None:
        """Take in what an applicant mended: what differs from before, and if nothing does, a new commitment letter."""
        before = self.stage.handed[case.no]
        whole, left = twist_of(case.twists), twist_of(planned.codes)
        # A person stays who he is; a wrong number is put right.
        person = {name: value for name, value in whole.handler.items() if name != "number"}
        after = self._handed(case, Twist(handler=person, uscc=left.uscc).with_more(left))
        self.stage.handed[case.no] = after
        self.stage.editions[case.no] = self.stage.editions.get(case.no, 1) + 1
        stamp = (at - _MENDED_BEFORE).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
        application = [after.application] if after.application != before.application else []
        documents = [row for row in after.documents if row not in before.documents]
        if not application and not documents:
            documents = [row for row in after.documents if row["kind"] == DocumentKind.COMMITMENT_LETTER]
        self.stage.take_in_rows(ImportKind.APPLICATIONS, [{**row, "received_at": stamp} for row in application])
        self.stage.take_in_rows(ImportKind.CARDS, [row for row in after.cards if row not in before.cards])
        self.stage.take_in_rows(
            ImportKind.DOCUMENTS, self._stored(after, [{**row, "received_at": stamp} for row in documents])
        )

    def speak(self, case: DemoCase, planned: Planned, _at: datetime) -> None:
        """Let somebody write down what an applicant said: an answer, or that the application is withdrawn."""
        words = fixtures.table("remarks")
        remarks = self.stage.offices[REVIEWERS[case.no % len(REVIEWERS)]].remarks
        case_id = self.stage.case_id(case.application_no)
        if planned.what == "answer":
            remarks.answer(case_id, words["answered"])
        else:
            remarks.withdraw(case_id, words["withdrawn"])

    def write(self, case: DemoCase) -> None:
        """Let somebody write the comment that a twist brings along."""
        twist = twist_of(case.twists)
        remarks = self.stage.offices[REVIEWERS[case.no % len(REVIEWERS)]].remarks
        remarks.comment(self.stage.case_id(case.application_no), twist.comment * twist.comment_times)

    def check(self, case: DemoCase, planned: Planned, _at: datetime) -> None:
        """Let a second person look at a verdict."""
        case_id, checks = self.stage.case_id(case.application_no), self.stage.offices[planned.who].checks
        note = remark(fixtures.table("remarks"), case.no, "checks", planned.what)
        if planned.what == "approve":
            checks.approve(case_id, note)
        else:
            checks.give_back(case_id, note)

    def bring_news(self, case: DemoCase, planned: Planned, _at: datetime) -> None:
        """Take in something new about an applicant."""
        twist = twist_of((*case.twists, *planned.codes))
        news = twist_of(planned.codes).credit
        rows = [
            row
            for row in credit_rows(self._handed(case, twist), planned.before, self.stage.dates)
            if row["list"] in news
        ]
        self.stage.take_in_rows(ImportKind.CREDIT, rows)

    def assign(self, cases: Iterable[DemoCase], login: str) -> None:
        """Let the supervisor give cases to a person."""
        case_ids = [self.stage.case_id(case.application_no) for case in cases]
        self.stage.offices[SUPERVISOR].assigning.assign(case_ids, login, fixtures.table("remarks")["assigned"])

    def _handed(self, case: DemoCase, twist: Twist) -> Handed:
        context = self.stage.offices[ADMIN].context
        with context.read() as session:
            required = context.policy(session).required_documents[ApplicantKind(case.kind)]
        return handed(case, twist, self.received(case), tuple(map(DocumentKind, required)))

    def _stored(self, one: Handed, rows: Iterable[Row]) -> list[Row]:
        edition = self.stage.editions.get(one.cast.case.no, 1)
        return list(stored_documents(one, rows, edition, self.stage.offices[ADMIN].context.store))
