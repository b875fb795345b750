"""The random walk: rules that let people act on a real database, each compared with the model."""

import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from db.enums import DocumentKind, FailKind, ImportKind, Measure, Priority, Role, ServiceClass, Verdict, WaitsFor
from tests.lifecycle.acts import PEOPLE, SUPERVISORS, act, drawn, in_states, is_open
from tests.lifecycle.clock_model import SHANGHAI, CaseClock, Hours, closing_of
from tests.lifecycle.leftovers import leftovers
from tests.lifecycle.model import (
    ASIDE,
    CLOCKS_DIFFER,
    HOLD,
    MOST_ASIDE,
    MOST_HELD,
    OPEN,
    UNDO,
    Case,
    Document,
    Item,
    Suspensions,
    Undoable,
    fits,
    held_count,
)
from tests.lifecycle.stored import Reader, Row, Stored
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sites import ManualClock, Site
from workbench.domain.case.casefile import CaseFile, DecisionResult, ItemRequest, VerdictRequest
from workbench.errors import Busy, NotAllowed, WorkbenchError
from workbench.services.foundation import audit_log
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services

Result = TypeVar("Result")

ID_NUMBERS = (
    *("110105199001010010", "110105199001020024", "110105199001030038"),
    *("110105199001040041", "110105199001050055", "110105199001060069"),
)
"""Valid ID numbers of nobody, one for each case."""

NUMBERS = range(1, len(ID_NUMBERS) + 1)

CLASS_DAYS = {"expedited": 1, "standard": 3, "complex": 5, "maximum": 7, "extended": 10}

RESTORED = (
    *("state", "round", "waits_for", "assignee", "returned_to", "clock", "next_on", "deadline", "maker", "asked_at"),
    *("items", "is_rectification_open", "decider", "fit_to_decide", "before_appeal", "letterless", "undoable"),
    "lapsed_inquiries",
)
"""What an undo restores of a case."""

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

RARE = {"answer", "resubmit", "approve", "return", "extend-deadline", "appeal", "appeal-decide", "waive", "reopen"}
"""The acts that are undone at once more often, because they succeed seldom."""

UNDONE: Counter[str] = Counter()
"""How often each act was undone at once, so that all tables were compared with those before it."""

WALKED: Counter[tuple[str, str]] = Counter()
"""How often each act succeeded in each state of its case; the state of an act on no case is empty."""

VERIFIES = {"sup": "numbers", "boss": "fraud"}
"""The departments for which supervisors answer inquiries, too."""

ID_NAME = Item(frozenset({DocumentKind.BIZ_LICENSE, DocumentKind.AUTH_LETTER, DocumentKind.COMMITMENT_LETTER}))
ITEMS = {"two items": (ID_NAME, Item(frozenset({DocumentKind.AGENT_ID_FRONT})))}
"""What verdicts ask for, if not the name only."""

people = st.sampled_from(PEOPLE)
spans = st.sampled_from(
    [
        timedelta(seconds=10),
        timedelta(seconds=61),
        timedelta(minutes=31),
        timedelta(hours=4),
        timedelta(days=1),
        timedelta(days=4),
    ]
)
verdicts = st.sampled_from(
    [
        *(
            "final",
            "fixable",
            "applicant",
            "pass",
            "two items",
            "carrier",
            "department",
            "department",
            "two items",
            "no reason",
        ),
        *("final barred", "final barred", "fixable barred"),
    ]
)


def anybody(_case: Case) -> str | None:
    """Any of the people."""
    return None


def supervisor(case: Case) -> str:
    """One of the supervisors."""
    return SUPERVISORS[case.id % 2]


def holder(case: Case) -> str | None:
    """Who holds or held a case."""
    return case.held_by


def checker(case: Case) -> str:
    """Somebody else than the maker of a staged verdict or the decider of an appeal."""
    return "a" if case.maker == "b" or case.decider else "b"


def decider(case: Case) -> str | None:
    """Somebody who may decide an appeal."""
    return max(case.fit_to_decide, default=None)


def verifier(case: Case) -> str | None:
    """Who answers for the department of the oldest open inquiry."""
    asked = [department for department, _asker in case.inquiries.values()]
    return next((login for login in SUPERVISORS if VERIFIES[login] in asked[:1]), None)


def maker(case: Case) -> str:
    """The maker of a staged verdict."""
    return case.maker


def last_actor(case: Case) -> str | None:
    """Who can take the last act back."""
    return case.undoable.who if case.undoable else None


def applied(number: int, **changes: str) -> Any:
    """Return the application of a case."""
    return application(
        f"A-{number}", **PERSON, msisdns=f"1391234560{number}", **{"handler_id_no": ID_NUMBERS[number - 1], **changes}
    )


@cache
def template() -> Path:
    """Return a folder with a database of some cases, the last of which lacks a document."""
    folder = Path(tempfile.mkdtemp(prefix="lifecycle-"))
    (folder / "files").mkdir()
    site = Site(folder / "w.db").create()
    roles = site.services("admin").roles
    roles.add("boss", (Role.SUPERVISOR, Role.VERIFIER), VERIFIES["boss"])
    roles.change("sup", (Role.VERIFIER,), (), VERIFIES["sup"])
    desk = Desk(site, folder / "files")
    desk.applications(*(applied(number) for number in NUMBERS))
    for number in NUMBERS:
        desk.documents(f"A-{number}", INDIVIDUAL_DOCUMENTS[: 2 if number == len(ID_NUMBERS) else 3])
    site.close()
    return folder


class LifecycleMachine(RuleBasedStateMachine):
    """Six actors: two reviewers, two supervisors, an admin who imports what applicants send, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="walk-")) / "office"
        shutil.copytree(template(), self.folder)
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

    @rule(data=st.data())
    def somebody_acts(self, data: Any) -> None:
        """Let one of the acts happen."""
        self.turn += 1
        chosen, arguments = drawn(data, self.cases, self.turn, self.tried)
        self.walking = chosen.name
        getattr(self, chosen.name)(**arguments)
        new = [case for case in self.cases.values() if case.undoable and case.undoable.turn == self.turn]
        for case in new:
            assert case.undoable is not None
            if data.draw(st.integers(0, 3)) < (3 if case.undoable.act in RARE else 1):
                self.undo(case.undoable.who, case.id)

    # --- What every step checks -------------------------------------------------------------------------------------

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

    # --- Holds -------------------------------------------------------------------------------------------------------

    @act(6, person=anybody)
    def take_next(self, who: str) -> None:
        mine = [case for case in self.cases.values() if case.is_held(self.now, who)]
        ready = [case for case in mine if not case.aside_until or case.aside_until <= self.now]
        (found,) = self.attempt("next", who, None, self.services(who).claims.next, allowed=True)
        taken = self.cases[found.header.id] if isinstance(found, CaseFile) else None
        if ready:
            assert taken in ready
            taken.aside_until = None
            self.expect(who)
        elif len(mine) >= MOST_ASIDE:
            assert taken is None
            self.expect(who)
        elif taken is None:
            assert not [case for case in self.cases.values() if case.is_on_offer(self.now, who)]
            self.expect(who)
        else:
            assert taken.is_on_offer(self.now, who), taken
            WALKED["next", taken.state] += 1
            taken.hold(who, self.now)
            taken.returned_to = None
            taken.changed()
            self.expect(who, ("next", taken.id))
        if taken is not None:
            self.fences.append((who, taken.id, taken.fence))

    @act(1, in_states("in_review"), holder)
    def release(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        done = self.attempt("release", who, case, lambda: self.services(who).claims.release(number), allowed=held)
        if done:
            case.let_go()
            case.enter("queued", self.now)
            self.expect(who, ("release", number))

    @act(1, in_states("in_review"), holder)
    def skip(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        done = self.attempt("skip", who, case, lambda: self.services(who).claims.skip(number, "x"), allowed=held)
        if done:
            case.let_go()
            case.enter("queued", self.now)
            case.skipped_by.add(who)
            case.assignee = None if case.assignee == who else case.assignee
            self.expect(who, ("skip", number))

    @act(1, in_states("in_review"), holder)
    def put_aside(self, who: str, number: int) -> None:
        case = self.cases[number]
        held = case.is_held(self.now, who)
        if self.attempt("aside", who, case, lambda: self.services(who).claims.aside(number), allowed=held):
            case.aside_until, case.held_until = self.now + ASIDE, self.now + ASIDE + HOLD
            case.changed()
            self.expect(who, ("aside", number))

    @act(2, in_states("queued", "in_review", "pending", "awaiting_check"), supervisor, to=people)
    def assign(self, who: str, number: int, to: str) -> None:
        case = self.cases[number]
        before = case.before()
        allowed = who in SUPERVISORS and not case.decider
        allowed &= case.state in {"queued", "in_review", "pending", "awaiting_check"}
        give = self.services(who).assigning.assign
        if self.attempt("assign", who, case, lambda: give([number], to, "x"), allowed=allowed):
            keeps = case.is_held(self.now, to)
            if case.held_by not in {None, to}:
                case.let_go()
                case.enter("queued", self.now)
            case.assignee = to
            if case.state == "awaiting_check":
                case.returned_to = None if to == case.maker else to
            elif case.state != "pending":
                case.returned_to = to if case.returned_to else None
                if not keeps:
                    case.new_evidence()
            self.can_undo(case, who, "assign", before)
            self.expect(who, ("assign", number))

    # --- Time --------------------------------------------------------------------------------------------------------

    @act(3, span=spans)
    def time_passes(self, span: timedelta) -> None:
        self.site.clock.at += span

    @act(4, in_states("pending", "rectifying"), is_ticked=st.booleans())
    def its_date_passes(self, number: int, is_ticked: bool) -> None:
        case, passed = self.cases[number], self.now
        if case.state == "rectifying" and case.ends_at is not None:
            passed = case.ends_at
        elif case.state == "pending" and case.next_on is not None:
            passed = datetime.combine(date.fromisoformat(case.next_on), time(23, 59, 59), SHANGHAI)
        self.site.clock.at = max(self.now, passed + timedelta(seconds=1))
        if is_ticked:
            self.tick("audit")

    @act(3, who=st.sampled_from(["a", "sup", "admin", "audit"]))
    def tick(self, who: str) -> None:
        now, today = self.now, self.now.astimezone(SHANGHAI).date().isoformat()
        acts, notices = [], []
        is_closed = self.suspensions.is_on(now)
        asked = [(number, case) for case in self.cases.values() for number in case.inquiries]
        halved = {
            row["id"] for row in self.stored.inquiries.values() if not row["reminded_at"] and row["remind_at"] <= now
        }
        for case in self.cases.values():
            # What came back from aside before its time is held no longer than what was taken now.
            if case.held_until and case.aside_until is None and case.held_until > now + HOLD + CLOCKS_DIFFER:
                case.held_until = now + HOLD
            # While work is suspended, no date of an applicant passes.
            if is_closed and case.is_with_applicant:
                continue
            if case.state == "pending" and (case.next_on or "") < today:
                notices += [(case.id, "expired")] if case.waits_for == "applicant" else []
                case.to_queue(now)
                acts.append(("day-passed", case.id))
            elif case.state == "rectifying" and case.ends_at and case.ends_at < now:
                case.enter("lapsed", now)
                acts.append(("lapse", case.id))
                notices.append((case.id, "lapsed"))
        acts += [("inquiry-reminded", case.id) for number, case in asked if number in halved and case.inquiries]
        self.attempt("tick", who, None, self.services(who).ticking.tick, allowed=True)
        told = [event for event in self.events if event["action"] in {"delay-told", "reminded"}]
        acts += [(event["action"], event["case_id"]) for event in told]
        notices += [(event["case_id"], event["body"].get("kind", "delay")) for event in told]
        for new, old in self.opened_by_campaigns():
            acts += [("campaign", new.id), ("campaign", old.id)]
            notices.append((new.id, "re-review"))
        resumed = {key: count for key, count in self.new_notices.items() if key[1] in {"resumed", "deadline-moved"}}
        assert all(count == 1 for count in resumed.values())
        self.expect(who, *acts, notices=[*notices, *resumed])
        self._check_delays(told)

    def _check_delays(self, told: list[Row]) -> None:
        """Check that every applicant whose case is late has been told, and nobody twice of one date."""
        stopped = [start for start, end in self.suspensions.spans if end is None]
        for case in self.cases.values():
            row = self.stored.cases[case.id]
            if case.clock is None or not case.runs or row["due_at"] > self.now:
                continue
            if any(start < row["due_at"] for start in stopped):
                continue
            of_case = [
                one for one in self.stored.notices.values() if one["case_id"] == case.id and one["kind"] == "delay"
            ]
            early = {one["due_at"] for one in self.reader.rows("delay_notice") if one["case_id"] == case.id}
            assert any(one["created_at"] >= row["due_at"] for one in of_case) or row["due_at"] in early, case
        keys = [(event["case_id"], event["body"].get("due_us")) for event in told if event["action"] == "delay-told"]
        assert len(keys) == len(set(keys))

    @property
    def now(self) -> Any:
        return self.site.clock.at

    # --- Verdicts ----------------------------------------------------------------------------------------------------

    @act(12, in_states("in_review"), holder, verdict=verdicts)
    def decide(self, who: str, number: int, verdict: str) -> None:
        self._decide(who, self.cases[number], verdict, None)

    @act(2, verdict=verdicts, at=st.integers(0, 5))
    def decide_with_a_remembered_fence(self, verdict: str, at: int) -> None:
        # The undo of an import deletes its cases.
        fences = [one for one in self.fences if one[1] in self.cases]
        if fences:
            who, number, fence = fences[-1 - at % len(fences)]
            self._decide(who, self.cases[number], verdict, fence)

    def _decide(self, who: str, case: Case, verdict: str, fence: int | None) -> None:
        is_mine = case.state == "in_review" and case.held_by == who
        allowed = is_mine and (case.is_held(self.now) if fence is None else fence == case.fence)
        row = self.stored.cases[case.id]
        needs_check = row["block_count"] > 0 or row["risk"] == "high" or self.is_barred(case)
        is_staged = verdict.startswith("final") or (verdict == "pass" and needs_check)
        request = _request(case.id, verdict, fence, has_block=row["block_count"] > 0)
        before = case.before()
        verdicts, may_decide = self.services(who).verdicts, allowed and verdict != "no reason"
        if may_decide and verdict == "pass":
            self.open_documents(who, case)
        letter = verdicts.letter(request) if may_decide else ""
        done = self.attempt("decide", who, case, lambda: verdicts.decide(request), allowed=may_decide)
        if not done:
            return
        decision = self.stored.decisions[done[0].decision_id]
        case.let_go()
        case.returned_to = None
        if is_staged:
            case.enter("awaiting_check", self.now)
            case.maker, case.is_contradicted = who, False
        else:
            assert done[0].notice == letter
            case.take_effect(decision, self.now)
            self.check_correction(decision)
            if case.state == "rectifying":
                case.items = ITEMS.get(verdict, (ID_NAME,))
        self.can_undo(case, who, "decide", before, is_staged=is_staged)
        self.expect(who, ("decide", case.id), notices=[] if is_staged else [(case.id, decision["verdict"])])

    def open_documents(self, who: str, case: Case) -> None:
        """Open the documents of a case, because the policy wants those of a finding opened before a pass."""
        documents = self.services(who).documents
        for line in documents.list(case.id):
            if who not in {access.login for access in line.openings}:
                opening = partial(documents.record_opening, case.id, line, "shown")
                self.attempt("documents", who, case, opening, allowed=True)
                self.expect(who, ("documents", case.id))

    @act(10, in_states("awaiting_check"), checker)
    def approve(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed, before = self._may_check(case, who), case.before()
        is_appeal = bool(case.decider)
        if case.is_contradicted and not is_appeal:
            # Its approval was undone after the finding came; approving it again would void it.
            return
        done = self.attempt(
            "approve", who, case, lambda: self.services(who).checks.approve(number, "x"), allowed=allowed
        )
        if done and is_appeal:
            self._answer_appeal(case)
            acts, notices = self.take_back_early_lapse(case, self.letters_about(case, self.stored_before))
            self.can_undo(case, who, "approve", before)
            self.expect(who, ("approve", number), *acts, notices=[(number, "appeal-decided"), *notices])
        elif done:
            assert isinstance(done[0], DecisionResult)
            decision = self.stored.decisions[done[0].decision_id]
            case.take_effect(decision, self.now)
            case.returned_to = None
            self.check_correction(decision)
            self.can_undo(case, who, "approve", before)
            self.expect(who, ("approve", number), notices=[(number, decision["verdict"])])

    def check_correction(self, decision: Row) -> None:
        """Check that the letter of a verdict that corrects an earlier result names the last letter that told one."""
        number = decision["case_id"]
        own = [one for one in self.stored.notices.values() if one["case_id"] == number and one["cancelled_at"] is None]
        (letter,) = (one for one in own if one["decision_id"] == decision["id"])
        answers = [one["id"] for one in own if one["kind"] == "appeal-decided"]
        closed = [one for one in self.stored.appeals.values() if one["case_id"] == number and one["status"] == "closed"]
        told = [one["id"] for one in own if one["kind"] in {"pass", "fail", "lapsed"} and one is not letter]
        told += [answer for answer, appeal in zip(answers, closed, strict=True) if appeal["to_state"] != "queued"]
        named = re.findall("通知编号([0-9]+)", letter["body"])
        assert named == ([str(max(told))] if decision["corrects_id"] else []), (letter["body"], told)

    def _may_check(self, case: Case, who: str) -> bool:
        """Say whether a person may check what waits: no own verdict, and no answer to an appeal against one."""
        involved = {case.maker, case.returned_to}
        if case.decider:
            verdict, logins = self.stored.in_force(case.id), self.stored.logins
            involved = {case.decider, logins[verdict["maker_id"]], logins.get(verdict["checker_id"])}
        return case.state == "awaiting_check" and who not in involved

    def _answer_appeal(self, case: Case) -> None:
        """Put the answer to an appeal into force."""
        appeal = next(row for row in reversed(self.stored.appeals.values()) if row["case_id"] == case.id)
        if appeal["outcome"] == "stands":
            case.end_appeal()
            return
        case.decider, case.assignee, case.returned_to, case.is_rectification_open = "", None, None, False
        if appeal["to_state"] == "passed":
            case.enter("passed", self.now)
        else:
            case.clock = CaseClock(self.now, self.days_of(case))
            case.enter("queued", self.now)
            case.skipped_by.clear()

    @act(2, in_states("awaiting_check"), maker)
    def approve_an_own_verdict(self, who: str, number: int) -> None:
        self.approve(who, number)

    @act(16, in_states("awaiting_check"), checker)
    def give_back(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed, before = self._may_check(case, who), case.before()
        if self.attempt("return", who, case, lambda: self.services(who).checks.give_back(number, "x"), allowed=allowed):
            if case.decider:
                case.state, case.assignee, case.decider = "appealed", case.decider, ""
                self.can_undo(case, who, "return", before)
                self.expect(who, ("return", number))
                return
            owner = case.returned_to or case.maker
            case.returned_to = case.assignee = owner
            case.new_evidence()
            if held_count(self.cases.values(), owner, self.now) < MOST_HELD:
                case.hold(owner, self.now)
            else:
                case.enter("queued", self.now)
            case.maker = ""
            self.can_undo(case, who, "return", before)
            self.expect(who, ("return", number))

    @act(8, lambda case: case.undoable is not None, last_actor)
    def undo(self, who: str, number: int) -> None:
        case = self.cases[number]
        allowed = case.can_be_undone_by(who, self.now) and self.may_come_back(case)
        act = case.undoable
        if self.attempt("undo", who, case, lambda: self.services(who).undo.undo(number), allowed=allowed):
            assert act is not None
            if act.turn == self.turn:
                left = leftovers(act.stored, self.stored, number)
                assert left == [], (act.act, left)
                UNDONE[act.act] += 1
            self._restore(case, act)
            letters = self.letters_about(case, act.stored)
            # What was sent late since the act moves the deadline that is in force again.
            moved = [row for row in letters if row["sent_at"] and self.moves_deadline(case, row, row["sent_at"])]
            is_moved = self.follow_suspensions(case)
            acts, notices = self.take_back_early_lapse(case, letters)
            acts += [("undo", number)] + [("deadline-moved", number)] * (len(moved) + is_moved)
            # A letter about the deadline of a lapsed case may also be about its appeal.
            is_open = case.state in {"rectifying", "pending"}
            told = (
                [(number, "deadline-moved")]
                if is_open
                else list(self.new_notices & Counter([(number, "deadline-moved")]))
            )
            self.expect(who, *acts, notices=notices + told * is_moved)

    def _restore(self, case: Case, act: Undoable) -> None:
        """Put a case back to what it was before an act; fence and skips stay."""
        before = act.before
        for name in RESTORED:
            setattr(case, name, getattr(before, name))
        if act.act == "extend-deadline":
            case.told, case.moved_to = before.told, before.moved_to
        assert all(self.stored.notices[number]["cancelled_at"] is not None for number in act.letters)
        # What the act ended is open again; what was asked since stays open, unless the case has its result again.
        case.inquiries = {**before.inquiries, **case.inquiries}
        case.end_inquiries()
        case.let_go()
        if act.act == "decide":
            self._hold_again(case, act.who)
        elif case.state == "in_review" and before.held_by is not None:
            aside, until = before.aside_until, before.held_until
            was_on_desk = until is not None and until > self.now and not (aside and aside > self.now)
            if was_on_desk and before.held_by == act.who:
                self._hold_again(case, act.who)
                return
            # Another's act gives the holder no more time, and leaves what is on the desk by now.
            case.held_by, case.held_until, case.aside_until = before.held_by, until, aside
            case.fence += 1
            if was_on_desk and self._on_desk(before.held_by, case):
                case.aside_until = until

    def _hold_again(self, case: Case, who: str) -> None:
        for other in self._on_desk(who, case):
            other.aside_until, other.held_until = self.now, self.now + ASIDE + HOLD
            other.changed()
        case.hold(who, self.now)

    def _on_desk(self, who: str, case: Case) -> list[Case]:
        """Return the other cases that a person has on the desk."""
        held = [one for one in self.cases.values() if one is not case and one.is_held(self.now, who)]
        return [one for one in held if not one.aside_until or one.aside_until <= self.now]

    # --- Letters sent late -------------------------------------------------------------------------------------------

    def letters_about(self, case: Case, before: Stored) -> list[Row]:
        """Return the letters about a case that were valid before an act, with the time of sending as it is now."""
        valid = {key: row for key, row in before.notices.items() if row["cancelled_at"] is None}
        of_case = {key: row for key, row in valid.items() if row["case_id"] == case.id}
        return [{**row, "sent_at": self.stored.notices[key]["sent_at"]} for key, row in of_case.items()]

    def moves_deadline(self, case: Case, letter: Row, sent_at: datetime) -> bool:
        """Move the date that a letter gives on by the working days that it is late; return whether it moved."""
        hours, kind = self.suspensions.hours, letter["kind"]
        days = hours.days_late(letter["release_at"], sent_at)
        if not days or kind not in {"fail", "pending", "deadline"}:
            return False
        is_newest = kind == "deadline" or letter["decision_id"] == self.stored.in_force(case.id)["id"]
        if kind == "pending":
            return is_newest and self._moves_next_date(case, days)
        printed_at, before = letter["told_due_at"], case.ends_at
        if not is_newest or not case.is_rectification_open or not printed_at or not before or case.told is None:
            return False
        deadline, since = case.told
        later = hours.closing(hours.working_days_after(printed_at.astimezone(SHANGHAI).date(), days))
        moved_to = self.suspensions.moved(later, since)
        is_moved = moved_to > before and (kind != "deadline" or printed_at == deadline)
        if is_moved:
            case.told, case.moved_to = (later, since), moved_to
        return is_moved

    def _moves_next_date(self, case: Case, days: int) -> bool:
        until_on = self.stored.in_force(case.id)["until_on"]
        is_waiting = case.state == "pending" and case.waits_for == "applicant"
        if not is_waiting or not case.next_on or not until_on or case.asked_at is None:
            return False
        hours, before = self.suspensions.hours, case.next_on
        later = hours.closing(hours.working_days_after(date.fromisoformat(until_on), days))
        day = self.suspensions.moved(later, case.asked_at).astimezone(SHANGHAI).date().isoformat()
        if day > before:
            case.next_on, case.told = day, (later, case.asked_at)
        return day > before

    def follow_suspensions(self, case: Case) -> bool:
        """Move the deadline that an undo restored by the time suspended since it was told; return whether it moved."""
        is_waiting = case.state == "pending" and case.waits_for == "applicant" and case.next_on is not None
        before = closing_of(case.next_on) if is_waiting and case.next_on else case.ends_at
        if case.told is None or before is None or not (is_waiting or case.is_rectification_open):
            return False
        after = self.suspensions.moved(*case.told)
        if after > max(before, self.now):
            after = self.suspensions.hours.leaving_time(after, self.now)
        if after <= before:
            return False
        if is_waiting:
            case.next_on = after.astimezone(SHANGHAI).date().isoformat()
        else:
            case.moved_to = after
        return True

    def is_early(self, case: Case) -> bool:
        """Say whether the deadline of a rectification cannot have passed yet."""
        return case.ends_at is not None and (case.ends_at >= self.now or self.suspensions.keep_open(case.ends_at))

    def take_back_early_lapse(
        self, case: Case, letters: Sequence[Row]
    ) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
        """Take back a lapse whose deadline cannot have passed yet; return the expected events and letters."""
        if case.state != "lapsed" or not self.is_early(case) or not self.may_come_back(case):
            return [], []
        case.enter("rectifying", self.now)
        case.take_back_lapse()
        return [("lapse-undone", case.id)], self.correct_deadline(case, letters, was_lapsed=True)

    def correct_deadline(
        self, case: Case, letters: Sequence[Row], *, was_lapsed: bool = False
    ) -> list[tuple[int, str]]:
        """Return the letter that replaces unsent ones with the old deadline, and leave the applicant time after it."""
        kinds, since = {"deadline", "deadline-near", "lapsed", "lapse-undone", "waived"}, case.asked_at
        unsent = [row for row in letters if row["kind"] in kinds and row["sent_at"] is None]
        stale = {row["kind"] for row in unsent if since is None or row["created_at"] >= since}
        if not stale and not was_lapsed:
            return []
        before = case.ends_at
        if before is not None and self.now <= before < (later := self.suspensions.hours.leaving_time(before, self.now)):
            case.moved_to, case.told = later, (later, self.now)
        lapses = [row for row in letters if row["kind"] == "lapsed"]
        is_told = any(row["release_at"] <= self.now or row["sent_at"] is not None for row in lapses[-1:])
        if "lapse-undone" in stale or (was_lapsed and is_told):
            return [(case.id, "lapse-undone")]
        return [(case.id, "deadline")] if stale else []

    # --- The applicant -----------------------------------------------------------------------------------------------

    @act(10, in_states("pending"), anybody)
    def answer(self, who: str, number: int) -> None:
        case = self.cases[number]
        before = case.before()
        call = self.services(who).remarks.answer
        if self.attempt("answer", who, case, lambda: call(number), allowed=case.state == "pending"):
            case.to_queue(self.now)
            self.can_undo(case, who, "answer", before)
            self.expect(who, ("answer", number))

    @act(12, in_states("rectifying", "lapsed"), anybody, is_late=st.booleans())
    def resubmit(self, who: str, number: int, is_late: bool) -> None:
        """Record what came now, or what came before the deadline and is recorded late."""
        case = self.cases[number]
        before, received = case.before(), self.now
        if is_late and case.ends_at is not None:
            received = min(self.now, case.ends_at)
        is_in_time = case.ends_at is not None and (case.ends_at >= received or self.suspensions.keep_open(case.ends_at))
        allowed = case.state in {"rectifying", "lapsed"} and is_in_time and self.may_come_back(case)
        notices = self._corrected_lapse(case)
        call = self.services(who).remarks.resubmit
        if self.attempt("resubmit", who, case, lambda: call(number, "", received), allowed=allowed):
            case.begin_round(received, self.maker_of(case), self.days_of(case))
            self.can_undo(case, who, "resubmit", before)
            self.expect(who, ("resubmit", number), notices=notices)

    @act(6, in_states("lapsed"), anybody)
    def resubmit_what_came_in_time(self, who: str, number: int) -> None:
        """Record after the lapse what came before the deadline."""
        self.resubmit(who, number, is_late=True)

    def _corrected_lapse(self, case: Case) -> list[tuple[int, str]]:
        """Return the letter that takes a lapse back: none if the letter about the lapse is not released yet."""
        letter = self.stored.letter(case.id, "lapsed")
        is_told = letter is not None and (letter["release_at"] <= self.now or letter["sent_at"] is not None)
        return [(case.id, "lapse-undone")] if case.state == "lapsed" and is_told else []

    @act(1, is_open, anybody)
    def withdraw(self, who: str, number: int) -> None:
        case = self.cases[number]
        before, is_appeal = case.before(), case.state == "appealed" or bool(case.decider)
        call = self.services(who).remarks.withdraw
        if self.attempt("withdraw", who, case, lambda: call(number, "x"), allowed=case.is_open):
            acts: list[tuple[str, int]] = []
            notices = [(number, "appeal-withdrawn" if is_appeal else "withdrawn")]
            if is_appeal:
                case.end_appeal()
                acts, letters = self.take_back_early_lapse(case, self.letters_about(case, self.stored_before))
                notices += letters
            else:
                case.letterless |= self._letterless(case, lambda row: row["measure"] == Measure.NONE)
                case.let_go()
                case.enter("withdrawn", self.now)
                case.assignee = case.returned_to = None
                case.is_rectification_open = False
            self.can_undo(case, who, "withdraw", before)
            self.expect(who, ("withdraw", number), *acts, notices=notices)

    def _letterless(self, case: Case, condition: Callable[[Row], bool]) -> frozenset[int]:
        """Return the verdicts on a case whose letters are not released yet."""
        return frozenset(
            number
            for number, row in self.stored.decisions.items()
            if row["case_id"] == case.id and row["release_at"] and row["release_at"] > self.now and condition(row)
        )

    @act(3, in_states("pending", "rectifying", "lapsed"))
    def hand_in_again(self, number: int) -> None:
        """Import a changed application: an answer, a resubmission or new evidence; for a lapsed case, late."""
        case, self.extra = self.current(self.cases[number].application), self.extra + 1
        number, received = case.id, self.now
        if case.state == "lapsed" and case.ends_at:
            received = min(self.now, case.ends_at - timedelta(seconds=1))
        is_late = case.state == "rectifying" and case.ends_at is not None and received > case.ends_at
        is_late = is_late and not self.suspensions.keep_open(case.ends_at)
        allowed = case.state not in {"passed", "failed", "withdrawn"} and not is_late
        row = self.changed_application(case, received)
        corrected = self._corrected_lapse(case)
        if self.attempt("import", "admin", None, lambda: self.desk.applications(row), allowed=allowed):
            received = received.replace(microsecond=0)
            act = "evidence"
            is_new = case.asked_at is not None and received >= case.asked_at
            if case.state in {"rectifying", "lapsed"} and is_new:
                act = "resubmit"
            elif case.state == "pending" and case.waits_for == "applicant":
                act = "answer"
            if act == "resubmit":
                case.begin_round(received, self.maker_of(case), self.days_of(case))
            elif act == "answer":
                case.to_queue(received)
            else:
                case.new_evidence()
            self.expect("admin", ("import", None), (act, number), notices=corrected if act == "resubmit" else ())

    def changed_application(self, case: Case, received: datetime) -> Any:
        """Return the row of an application that was handed in again."""
        text = local_text(received)
        return applied(case.application, stated_use=f"use {self.extra}", received_at=text, submitted_at=text)

    @act(1, in_states("awaiting_check", "passed", "in_review"))
    def land_on_a_list(self, number: int) -> None:
        """Import a punishment record: a block finding, which voids a staged verdict and questions a pass."""
        case, self.extra = self.current(self.cases[number].application), self.extra + 1
        number = case.id
        row = {
            "subject_no": ID_NUMBERS[case.application - 1],
            "list": "punishment",
            "match": "exact",
            "reference": f"R{self.extra}",
        }
        self.attempt("import", "admin", None, lambda: self.desk.run(ImportKind.CREDIT, [row]), allowed=True)
        acts: list[tuple[str, int | None]] = [("import", None)]
        if case.state == "awaiting_check" and case.decider:
            case.state, case.assignee, case.decider = "appealed", case.decider, ""
            case.new_evidence()
            acts.append(("void", number))
        elif case.state == "awaiting_check":
            owner = case.returned_to or case.maker
            case.to_queue(self.now)
            case.assignee = case.returned_to = owner
            case.maker = ""
            acts.append(("void", number))
        elif case.is_open:
            case.new_evidence()
            acts.append(("evidence", number))
        elif case.state == "passed":
            case.is_contradicted = True
            acts += [(event["action"], number) for event in self.events if event["action"] == "attention"]
            case.skipped_by.clear()
        self.expect("admin", *acts)

    @act(3, in_states("incomplete"))
    def send_the_missing_document(self, number: int) -> None:
        case, at = self.cases[number], local_text(self.now)
        if case.state != "incomplete":
            return
        kinds, name = [DocumentKind.COMMITMENT_LETTER], f"A-{case.application}"
        self.attempt("import", "admin", None, lambda: self.desk.documents(name, kinds, received_at=at), allowed=True)
        row = self.stored.cases[case.id]
        case.clock = CaseClock(self.now.replace(microsecond=0), CLASS_DAYS[row["service_class"]])
        case.to_queue(self.now)
        is_owed = row["due_at"] > self.now
        self.expect("admin", ("import", None), ("complete", case.id), notices=[(case.id, "receipt")] if is_owed else [])

    # --- The supervisor ----------------------------------------------------------------------------------------------

    @act(14, in_states("rectifying", "pending"), supervisor, days=st.integers(1, 12))
    def extend(self, who: str, number: int, days: int) -> None:
        case = self.cases[number]
        until = self.now.astimezone(SHANGHAI).date() + timedelta(days=days)
        may = who in SUPERVISORS and case.is_open and case.state != "incomplete"
        call = self.services(who).rescheduling.extend
        done = self.attempt("extend", who, case, lambda: call(number, until, "x"), allowed=None if may else False)
        if not done:
            return
        before = case.before()
        case.changed()
        if case.state == "rectifying":
            hours = self.suspensions.hours
            case.tell(hours.closing(hours.working_day_from(until)), self.now)
            assert done[0].until == case.deadline
            self.can_undo(case, who, "extend-deadline", before)
            self.expect(who, ("extend-deadline", number), notices=[(number, "deadline")])
        else:
            assert case.clock is not None
            (event,) = self.events
            case.clock = replace(case.clock, extended_s=case.clock.extended_s + event["body"]["by_s"])
            self.expect(who, ("extend", number), notices=[(number, "delay")])

    @act(1, is_open, supervisor, chosen=st.sampled_from(list(ServiceClass)))
    def change_class(self, who: str, number: int, chosen: ServiceClass) -> None:
        case = self.cases[number]
        may = who in SUPERVISORS and case.state in OPEN
        is_other = self.stored.cases[number]["service_class"] != chosen
        call = self.services(who).rescheduling.change_class
        self.attempt("class", who, case, lambda: call(number, chosen, "x"), allowed=may and is_other)
        if may and is_other:
            case.changed()
            if case.clock is not None and case.clock.cap_days is None:
                case.clock = replace(case.clock, days=CLASS_DAYS[chosen.value])
            # Whether the new date is later than what the applicant knows is tested by itself.
            told = [key for key in self.new_notices if key == (number, "delay")]
            self.expect(who, ("class", number), notices=told)

    @act(1, is_open, supervisor, chosen=st.sampled_from(list(Priority)))
    def change_priority(self, who: str, number: int, chosen: Priority) -> None:
        case = self.cases[number]
        may = who in SUPERVISORS and case.state in OPEN and self.stored.cases[number]["priority"] != chosen
        call = self.services(who).rescheduling.change_priority
        if self.attempt("priority", who, case, lambda: call(number, chosen, "x"), allowed=may):
            case.new_evidence()
            self.expect(who, ("priority", number))

    @act(1, person=supervisor)
    def suspend(self, who: str) -> None:
        new = NewSuspension(from_at=self.now, to_at=None, reason="x")
        is_known = (self.now, None) in self.suspensions.spans
        call = self.services(who).suspending.suspend
        if self.attempt("suspend", who, None, lambda: call(new), allowed=who in SUPERVISORS and not is_known):
            self.suspensions.spans.append((self.now, None))
            self._expect_suspension(who, ["suspend"], "delay")

    @act(2, person=supervisor)
    def resume(self, who: str) -> None:
        call = self.services(who).suspending.resume
        allowed = who in SUPERVISORS and self.suspensions.is_open
        if self.attempt("resume", who, None, call, allowed=allowed):
            self._expect_suspension(who, ["resume"] * self.suspensions.end(self.now), "resumed")

    def _expect_suspension(self, who: str, acts: list[str], kind: str) -> None:
        """Check that each applicant gets one letter at most, and that the log has the acts and their effect."""
        told = [key for key in self.new_notices if key[1] in {kind, "delay", "deadline-moved"}]
        moved = [event["action"] for event in self.events if event["action"] == "due-moved"]
        assert len(moved) <= 1
        assert all(self.cases[number].is_open for number, told_kind in told if told_kind != "deadline-moved")
        # How far deadlines move is the matter of a walk of its own; this one takes them over.
        own = [(event["action"], event["case_id"]) for event in self.events if event["case_id"] is not None]
        assert {action for action, _number in own} <= {"deadline-moved", "lapse-undone"}
        for action, number in own:
            if action == "lapse-undone":
                self.cases[number].enter("rectifying", self.now)
        for case in self.cases.values():
            self._take_over_deadline(case)
        self.expect(who, *((act, None) for act in [*acts, *moved]), *own, notices=told)

    def _take_over_deadline(self, case: Case) -> None:
        """Take over the deadline in force of an applicant, which is never earlier than before."""
        if case.is_rectification_open:
            rows = [row for row in self.stored.rectifications.values() if row["case_id"] == case.id and row["is_open"]]
            case.moved_to = rows[0]["deadline_at"]
        if case.state == "pending":
            case.next_on = self.stored.cases[case.id]["next_action_on"]


def local_text(at: datetime) -> str:
    """Return a time as a cell of a file."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _request(case_id: int, verdict: str, fence: int | None, *, has_block: bool) -> VerdictRequest:
    """Return the request of a verdict."""
    values: dict[str, dict[str, Any]] = {
        "pass": {"verdict": Verdict.PASS, "reasons": ("OK-OVERRIDE",) if has_block else ("OK",), "note": "x"},
        "final": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("ID-RIC",)},
        "fixable": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FIXABLE, "reasons": ("ID-NAME",)},
        "applicant": {"verdict": Verdict.PENDING, "reasons": ("WAIT-APPLICANT",), "waits_for": WaitsFor.APPLICANT},
        "department": {"verdict": Verdict.PENDING, "reasons": ("WAIT-DEPARTMENT",), "waits_for": WaitsFor.DEPARTMENT},
        "carrier": {"verdict": Verdict.PENDING, "reasons": ("WAIT-CARRIER",), "waits_for": WaitsFor.CARRIER},
        "two items": {
            "verdict": Verdict.FAIL,
            "fail_kind": FailKind.FIXABLE,
            "reasons": ("ID-NAME",),
            "items": (ItemRequest(code="ID-NAME"), ItemRequest(code="AGENT_ID_FRONT")),
        },
        "no reason": {"verdict": Verdict.PENDING},
    }
    kind = verdict.removesuffix(" barred")
    measure = Measure.NONE if kind == verdict else Measure.BAR_OUT
    return VerdictRequest(case_id=case_id, fence=fence, measure=measure, **values[kind])
