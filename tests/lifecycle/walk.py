"""The basis of the random walk: every act on a real database is compared with the model."""

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from db.enums import Measure
from tests.lifecycle.clock_model import CaseClock, Hours
from tests.lifecycle.first_cases import template
from tests.lifecycle.model import UNDO, Case, Document, Item, Suspensions, Undoable, fits
from tests.lifecycle.stored import Reader, Row
from tests.services.intake.importing.files import Desk
from tests.sites import ManualClock, Site, copy_office
from workbench.errors import Busy, NotAllowed, WorkbenchError
from workbench.services.foundation import audit_log
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.services.wiring import Services

Result = TypeVar("Result")

CLASS_DAYS = {"expedited": 1, "standard": 3, "complex": 5, "maximum": 7, "extended": 10}

TOUCHING = frozenset(
    [
        *("next", "release", "skip", "aside", "decide", "undo", "approve", "return", "assign", "answer", "resubmit"),
        *("withdraw", "extend", "extend-deadline", "class", "priority", "waive", "judge", "contact", "reopen"),
        *("appeal-decide", "comment", "verify", "checklist", "take", "legal-hold", "legal-hold-end"),
        *("inquire", "inquiry-answer", "inquiry-withdraw"),
    ]
)
"""The acts of a person on a case, after which that person cannot decide its appeal; filing an appeal is none."""

DONE: Counter[str] = Counter()
"""How often each act of the walk succeeded."""

WALKED: Counter[tuple[str, str]] = Counter()
"""How often each act succeeded in each state of its case; the state of an act on no case is empty."""


class Walk(RuleBasedStateMachine):
    """Knows the database and the model, and compares both after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="walk-")) / "office"
        copy_office(template(), self.folder)
        self.site = Site(self.folder / "w.db", ManualClock())
        self.desk = Desk(self.site, self.folder / "files", files=100)
        self.reader = Reader(self.site.path)
        self.events = self.reader.new_events()
        self.stored = self.stored_before = self.reader.stored()
        with self.services("admin").context.read() as session:
            calendar = self.services("admin").context.calendar(session)
        self.suspensions = Suspensions(Hours(calendar.is_working))
        self.cases = {number: self._opened(row) for number, row in self.stored.cases.items()}
        self.fences: list[tuple[str, int, int]] = []
        self.extra = 0
        self.new_notices: Counter[tuple[int, str]] = Counter()
        self.new_letters: frozenset[int] = frozenset()
        self.touched: defaultdict[int, set[str]] = defaultdict(set)
        self.walking, self.turn = "", 0
        self.tried: Counter[tuple[str, str]] = Counter()
        self.acted_seq: dict[int, int] = {}
        self.imports: list[Row] = []
        self.documents: list[Document] = []

    def _opened(self, row: Row) -> Case:
        clock = CaseClock(row["complete_at"], CLASS_DAYS[row["service_class"]]) if row["complete_at"] else None
        return Case(row["id"], row["state"], int(row["application_no"].removeprefix("A-")), clock=clock)

    def current(self, application: int) -> Case:
        """Return the open case of an application, else its newest one that was not withdrawn, else its newest."""
        cases = self.of_application(application)
        return max(cases, key=lambda case: (case.is_open, case.state != "withdrawn", case.id))

    def of_application(self, application: int) -> list[Case]:
        """Return the cases of an application."""
        return [case for case in self.cases.values() if case.application == application]

    def may_come_back(self, case: Case) -> bool:
        """Say whether no other case of its application is open or has a later result."""
        others = (one for one in self.of_application(case.application) if one is not case)
        return not any(one.is_open or (one.id > case.id and one.state != "withdrawn") for one in others)

    def new_cases(self) -> list[Case]:
        """Take up the cases that the last act opened, of applications whose newest case was closed."""
        rows = [row for number, row in self.stored.cases.items() if number not in self.cases]
        new = [self._opened(row) for row in rows]
        assert not any(self.current(case.application).is_open for case in new)
        self.cases.update({case.id: case for case in new})
        return new

    def opened_by_campaigns(self) -> list[tuple[Case, Case]]:
        """Take up the cases that campaigns opened, each with the passed case before it."""
        before = {case.application: self.current(case.application) for case in self.cases.values()}
        opened = [(case, before[case.application]) for case in self.new_cases()]
        assert all((old.state, new.clock and new.clock.start) == ("passed", self.now) for new, old in opened)
        return opened

    def is_newest(self, case: Case) -> bool:
        """Say whether an application has no newer case; an older one is never opened again."""
        return self.current(case.application) is case

    def services(self, login: str) -> Services:
        return self.site.services(login)

    def teardown(self) -> None:
        with self.services("admin").context.read() as session:
            assert audit_log.verify(session).is_whole
            assert list(log_faults(session)) == []
        self.reader.close()
        self.site.close()
        shutil.rmtree(self.folder.parent)

    @property
    def now(self) -> Any:
        return self.site.clock.at

    def attempt(
        self, act: str, who: str, case: Case | None, call: Callable[[], Result], *, allowed: bool | None
    ) -> list[Result]:
        """Let somebody act, and check that a refusal writes nothing but its event; return nothing if it was refused.

        `allowed` says whether the model expects it to succeed, None if other things decide.
        """
        before, error, results = self.stored, None, []
        self.stored_before = before
        state = case.state if case else ""
        try:
            results.append(call())
        except WorkbenchError as caught:
            error = caught
        self.stored, self.events = self.reader.stored(), self.reader.new_events()
        self.new_letters = frozenset(self.stored.notices.keys() - before.notices.keys())
        self.new_notices = Counter(
            (row["case_id"], row["kind"]) for number, row in self.stored.notices.items() if number not in before.notices
        )
        assert allowed in {None, error is None}, (act, who, case, error)
        for event in self.events:
            is_undone_appeal = event["body"].get("act") == "appeal"
            if event["action"] in TOUCHING and event["batch_id"] is None and not event["is_refused"]:
                self.touched[event["case_id"]] |= set() if is_undone_appeal else {event["actor_login"]}
                if event["action"] not in {"next", "take", "release", "aside"}:
                    self.acted_seq[event["case_id"]] = event["seq"]
            self.imports += [event] * (event["action"] == "import" and not event["is_refused"])
        if error is None:
            DONE[self.walking] += 1
            WALKED[act, state] += 1
        else:
            assert self.stored == before, (act, error)
            is_logged = isinstance(error, NotAllowed | Busy)
            expected = [(act, who, case.id if case else None, 1)] if is_logged else []
            assert [self._key(event) for event in self.events] == expected, (act, error)
        return results

    def can_undo(self, case: Case, who: str, act: str, before: Case, *, is_staged: bool = False) -> None:
        """Note that a person can take the last act back: within a minute, or if it is staged, until its check."""
        until = None if is_staged else self.now + UNDO
        case.undoable = Undoable(who, until, act, before, self.new_letters, self.stored_before, self.turn)

    def is_barred(self, case: Case) -> bool:
        """Say whether a number of a case is barred, or ordered to be, by its last order that was not cancelled."""
        orders = [row for row in self.stored.orders.values() if row["case_id"] == case.id]
        standing = [row for row in orders if row["cancelled_at"] is None]
        return bool(standing) and standing[-1]["measure"] == Measure.BAR_OUT

    def is_received(self, case: Case, item: Item) -> bool:
        """Say whether a document for an item came, in an import that was not undone."""
        return any(fits(one, case, item) for one in self.documents)

    def is_awaited(self, case: Case, item: Item) -> bool:
        """Say whether an item neither came nor was waived."""
        return not item.is_waived and not self.is_received(case, item)

    def days_of(self, case: Case) -> int:
        """Return the working days of the class of a case."""
        return CLASS_DAYS[self.stored.cases[case.id]["service_class"]]

    def maker_of(self, case: Case) -> str:
        """Return who made the verdict in force on a case."""
        return self.stored.logins[self.stored.in_force(case.id)["maker_id"]]

    @staticmethod
    def _key(event: Row) -> tuple[Any, ...]:
        return event["action"], event["actor_login"], event["case_id"], event["is_refused"]

    def expect(self, who: str, *acts: tuple[str, int | None], notices: Iterable[tuple[int, str]] = ()) -> None:
        """Check that the log and the outbox got exactly this by the last act."""
        written, wanted = Counter(map(self._key, self.events)), Counter((act, who, case, 0) for act, case in acts)
        assert written == wanted, f"events not expected: {written - wanted}; events missing: {wanted - written}"
        letters = Counter(notices)
        assert self.new_notices == letters, (
            f"letters not expected: {self.new_notices - letters}; letters missing: {letters - self.new_notices}"
        )
        for event in self.events:
            if event["state"]:
                case = self.cases[event["case_id"]]
                assert (event["state"], bool(event["is_clock_running"])) == (case.state, case.runs), event

    @invariant()
    def cases_are_as_the_model_has_them(self) -> None:
        for number, case in self.cases.items():
            differences = case.differences(self.stored.cases[number])
            assert differences == {}, (number, differences)

    @invariant()
    def due_dates_are_as_the_model_computes_them(self) -> None:
        for number, case in self.cases.items():
            if case.clock is not None and case.is_open:
                due = case.clock.due_at(self.suspensions.hours, self.suspensions.spans)
                assert self.stored.cases[number]["due_at"] == due, (case, due)

    @invariant()
    def nobody_checks_an_own_verdict_and_every_verdict_has_a_reason(self) -> None:
        reasons = {row["decision_id"] for row in self.reader.rows("decision_reason")}
        for number, decision in self.stored.decisions.items():
            assert decision["checker_id"] != decision["maker_id"]
            assert number in reasons

    @invariant()
    def every_verdict_in_force_has_one_notice(self) -> None:
        for number, decision in self.stored.decisions.items():
            notices = [row for row in self.stored.notices.values() if row["decision_id"] == number]
            valid = [row for row in notices if row["cancelled_at"] is None]
            is_in_force = decision["status"] in {"applied", "approved"}
            assert len(valid) == (is_in_force and number not in self.cases[decision["case_id"]].letterless), decision
