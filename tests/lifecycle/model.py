"""A simple model of cases and of who may do what with them; it shares no code with the program."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.lifecycle.clock_model import CaseClock, Hours, closing_of, united
from tests.lifecycle.stored import Row, Stored

HOLD = timedelta(minutes=30)
ASIDE = timedelta(minutes=120)
CLOCKS_DIFFER = timedelta(minutes=5)
UNDO = timedelta(seconds=60)
MOST_HELD, MOST_ASIDE = 3, 10

FINAL = {"passed", "failed", "lapsed", "withdrawn"}
RUNNING = {"queued", "in_review", "awaiting_check", "appealed"}
OPEN = {"incomplete", "rectifying", "pending", *RUNNING}

COMPARED = (
    *("state", "round", "waits_for", "fence", "assignee", "returned_to"),
    *("held_by", "held_until", "aside_until"),
)


@dataclass(frozen=True)
class Undoable:
    """An act that one person can undo.

    Attributes:
        who: The person.
        until: Until when; None until its check.
        act: The name of the act.
        before: The case before it.
        letters: The letters that it wrote.
        stored: All that the database held before it.
        turn: The step of the walk.
    """

    who: str
    until: datetime | None
    act: str
    before: "Case"
    letters: frozenset[int]
    stored: Stored = field(repr=False)
    turn: int


@dataclass(frozen=True)
class Document:
    """A document that an import brought, and the case that took it in."""

    batch_id: int
    case_id: int
    kind: str
    received_at: datetime


@dataclass(frozen=True)
class Item:
    """An item to rectify, with the kinds of documents that satisfy it."""

    kinds: frozenset[str]
    is_waived: bool = False


@dataclass
class Case:
    """A case as the model expects it in the database.

    Attributes:
        application: The number of its application.
        deadline: The deadline of a rectification that the verdict or a supervisor set.
        told: The deadline that the applicant was told, and when; suspensions since then move it.
        moved_to: The deadline after it moved.
        items: The items asked for last.
        letterless: The verdicts whose letter a withdrawal or a reopening cancelled before its release.
        is_contradicted: Whether a finding came after the newest verdict had passed the case.
        inquiries: The department and the asker of each open inquiry, by number; replaced, never changed.
        lapsed_inquiries: Those that ended with a lapse since the last verdict, in the same way.
    """

    id: int
    state: str
    application: int = 0
    round: int = 1
    waits_for: str = ""
    fence: int = 0
    assignee: str | None = None
    returned_to: str | None = None
    held_by: str | None = None
    held_until: datetime | None = None
    aside_until: datetime | None = None
    clock: CaseClock | None = None
    next_on: str | None = None
    deadline: datetime | None = None
    told: tuple[datetime, datetime] | None = None
    moved_to: datetime | None = None
    maker: str = ""
    items: tuple["Item", ...] = ()
    is_rectification_open: bool = False
    asked_at: datetime | None = None
    decider: str = ""
    fit_to_decide: frozenset[str] = frozenset()
    before_appeal: "Case | None" = None
    letterless: frozenset[int] = frozenset()
    is_contradicted: bool = False
    inquiries: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    lapsed_inquiries: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    undoable: Undoable | None = None
    skipped_by: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        """Whether the case is in no final state."""
        return self.state not in FINAL

    @property
    def ends_at(self) -> datetime | None:
        """The deadline in force of a rectification."""
        return max(filter(None, (self.deadline, self.moved_to)), default=None)

    @property
    def runs(self) -> bool:
        """Whether the clock runs by section 13 of the design."""
        return self.state in RUNNING or (self.state == "pending" and self.waits_for != "applicant")

    @property
    def is_with_applicant(self) -> bool:
        """Whether the applicant has the case."""
        return self.state == "rectifying" or (self.state == "pending" and self.waits_for == "applicant")

    def is_held(self, now: datetime, who: str | None = None) -> bool:
        """Say whether somebody, or this person, holds the case."""
        is_valid = self.state == "in_review" and self.held_until is not None and self.held_until > now
        return is_valid and who in {None, self.held_by}

    def is_on_offer(self, now: datetime, who: str) -> bool:
        """Say whether `next` may give the case to a person."""
        is_free = self.state == "queued" or (self.state == "in_review" and not self.is_held(now))
        return is_free and self.assignee in {None, who} and who not in self.skipped_by

    def before(self) -> "Case":
        """Return a copy of the case as it is."""
        return replace(self, skipped_by=set(self.skipped_by))

    def can_be_undone_by(self, who: str, now: datetime) -> bool:
        """Say whether a person can take the last act back."""
        act = self.undoable
        return act is not None and act.who == who and (act.until is None or act.until > now)

    def hold(self, who: str, now: datetime) -> None:
        """Give the case to a person."""
        self.state, self.held_by, self.held_until, self.aside_until = "in_review", who, now + HOLD, None
        self.fence += 1

    def let_go(self) -> None:
        """End the hold."""
        self.held_by = self.held_until = self.aside_until = None

    def enter(self, state: str, now: datetime, waits_for: str = "") -> None:
        """Change the state, and pause or resume the clock."""
        self.state, self.waits_for = state, waits_for
        self.undoable = None
        self.end_inquiries()
        if self.clock is not None:
            # The clock of a lapsed case stays stopped: an answer that came in time may still be imported.
            if self.is_with_applicant:
                self.clock = self.clock.paused(now)
            elif state != "lapsed":
                self.clock = self.clock.resumed(now)

    def end_inquiries(self) -> None:
        """End the open inquiries of a case that has its result."""
        if self.state == "lapsed":
            self.lapsed_inquiries = {**self.lapsed_inquiries, **self.inquiries}
        if self.state in FINAL:
            self.inquiries = {}

    def take_back_lapse(self) -> None:
        """Open the inquiries again that ended with a lapse: the newest to each department."""
        newest = {department: number for number, (department, _asker) in sorted(self.lapsed_inquiries.items())}
        self.inquiries = {number: self.lapsed_inquiries[number] for number in newest.values()}
        kept = self.lapsed_inquiries.items() - self.inquiries.items()
        self.lapsed_inquiries = dict(kept)

    def end_inquiry(self, number: int, now: datetime) -> None:
        """End one inquiry; a case that is pending on a department comes back with the last one."""
        self.inquiries = {key: asked for key, asked in self.inquiries.items() if key != number}
        self.lapsed_inquiries = {key: asked for key, asked in self.lapsed_inquiries.items() if key != number}
        self.changed()
        if not self.inquiries and (self.state, self.waits_for) == ("pending", "department"):
            self.to_queue(now)

    def changed(self) -> None:
        """Note that somebody acted: an earlier act can no longer be undone."""
        self.undoable = None

    def new_evidence(self) -> None:
        """Note new evidence: who skipped the case gets it again."""
        self.skipped_by.clear()
        self.changed()

    def to_queue(self, at: datetime) -> None:
        """Put the case into the queue."""
        self.let_go()
        self.enter("queued", at)
        self.next_on = None
        self.new_evidence()

    def take_effect(self, decision: Row, now: datetime) -> None:
        """Put a verdict into force."""
        self.asked_at, self.maker, self.next_on, self.lapsed_inquiries = now, "", None, {}
        if decision["verdict"] == "pass":
            self.enter("passed", now)
        elif decision["verdict"] == "pending":
            self.enter("pending", now, decision["waits_for"])
            self.next_on = decision["until_on"]
            self.told = (closing_of(decision["until_on"]), now) if self.is_with_applicant else None
        elif decision["fail_kind"] == "final":
            self.enter("failed", now)
        else:
            self.enter("rectifying", now)
            self.tell(decision["deadline_at"], now)
            self.moved_to, self.is_rectification_open = None, True

    def tell(self, deadline: datetime, now: datetime) -> None:
        """Give the applicant a deadline."""
        self.deadline, self.told = deadline, (deadline, now)

    def begin_round(self, at: datetime, maker: str, days: int) -> None:
        """Queue the next round for the maker of the last verdict; the days of an appeal are over."""
        if self.state == "lapsed":
            self.take_back_lapse()
        self.round += 1
        self.is_rectification_open, self.assignee = False, maker
        if self.clock is not None and self.clock.cap_days is not None:
            self.clock = CaseClock(at, days)
        self.to_queue(at)

    def end_appeal(self) -> None:
        """Give the case the state and the people that it had before its appeal."""
        assert self.before_appeal is not None
        self.state, self.undoable, self.decider = self.before_appeal.state, None, ""
        self.assignee, self.returned_to = self.before_appeal.assignee, self.before_appeal.returned_to
        self.end_inquiries()

    def differences(self, row: Row) -> dict[str, tuple[Any, Any]]:
        """Return the values that differ from a row of the database, as (model, database)."""
        pairs = {name: (getattr(self, name), row[name]) for name in COMPARED}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def fits(document: Document, case: Case, item: Item) -> bool:
    """Say whether a document is one for an item of a case, received since the verdict."""
    is_later = case.asked_at is not None and document.received_at >= case.asked_at
    return document.case_id == case.id and document.kind in item.kinds and is_later


def held_count(cases: Iterable[Case], who: str, now: datetime) -> int:
    """Count the cases that a person holds, without those put aside."""
    return sum(case.is_held(now, who) and not (case.aside_until and case.aside_until > now) for case in cases)


@dataclass
class Suspensions:
    """The suspensions of all clocks, as (start, end); an end of None is not known yet."""

    hours: Hours
    spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether one has no end."""
        return any(end is None for _start, end in self.spans)

    def keep_open(self, deadline_at: datetime | None) -> bool:
        """Say whether a suspension without an end keeps a deadline from passing."""
        return deadline_at is not None and any(end is None and start < deadline_at for start, end in self.spans)

    def moved(self, deadline: datetime, since: datetime) -> datetime:
        """Return a deadline, moved by the suspended time that was not known to end when it was told."""
        lost = united((max(start, since), end) for start, end in self.spans if end and end > since)
        return self.hours.moved(deadline, lost)

    def is_on(self, now: datetime) -> bool:
        """Say whether work is suspended at a time."""
        return any(start <= now and (end is None or now < end) for start, end in self.spans)

    def end(self, now: datetime) -> int:
        """End the open suspensions that have begun, or all open ones if none has; return how many were ended."""
        without = [span for span in self.spans if span[1] is None]
        ended = [span for span in without if span[0] < now] or without
        self.spans = [(span[0], max(now, span[0])) if span in ended else span for span in self.spans]
        return len(ended)
