"""Random lives of applicants with deadlines, while work is suspended, resumed and days are set off, and their oracle.

The oracle shares no code with the program: it counts open seconds over a list of half days.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from db.enums import FailKind, Verdict, WaitsFor
from tests.lifecycle.clock_model import SHANGHAI, Hours, Interval, united
from tests.lifecycle.first_cases import ID_NUMBERS
from tests.lifecycle.stored import Reader, Row
from tests.services.intake.importing.files import INDIVIDUAL_DOCUMENTS, PERSON, Desk, application
from tests.sites import ManualClock, Site, copy_office
from workbench.domain.case.casefile import VerdictRequest
from workbench.errors import NotAllowed, NothingAvailable, WrongUsage
from workbench.services.foundation import audit_log
from workbench.services.site.log_checks.unexplained_rows import log_faults
from workbench.services.time.calendar.preview import DaySetting
from workbench.services.time.deadlines.suspensions import NewSuspension
from workbench.services.wiring import Services

PROVINCES, AGENTS = ("湖北", "广东", ""), ("甲", "乙")
CASES, STEPS = 6, 18
OFFICE_MOVES = ("deadline-moved", "delay", "resumed")
ASKED = {"rectifying", "pending"}

TALLY: Counter[str] = Counter()
"""What happened in the lives, and how often."""


@dataclass
class Span:
    """A suspension as the office has it: each end with the time from which it was known; None is not known yet."""

    id: int
    start: datetime
    province: str | None
    agent: str | None
    ends: list[tuple[datetime, datetime | None]]

    @property
    def end(self) -> datetime | None:
        """The end as it is known last."""
        return self.ends[-1][1]

    def known(self, at: datetime) -> Interval | None:
        """Return the span as it was known before a time, None if it was not, or its end was not."""
        ends = [end for known, end in self.ends if known < at]
        return (self.start, ends[-1]) if ends and ends[-1] is not None else None

    def concerns(self, applicant: "Applicant") -> bool:
        """Say whether the suspension is where an applicant is."""
        return self.province in {None, applicant.province} and self.agent in {None, applicant.agent}

    def is_on(self, at: datetime) -> bool:
        """Say whether work is suspended at a time."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass
class Applicant:
    """An applicant with a case; `told` is the deadline that was given, at `since`, and `stored` the one in force.

    `given` is when an act moved it. `promised` are the dates that a changed calendar would make earlier, each with when
    it was told. `lapsed` is the applicant before the last lapse.
    """

    id: int
    province: str
    agent: str
    told: datetime | None = None
    since: datetime | None = None
    stored: datetime | None = None
    given: datetime | None = None
    promised: list[tuple[datetime, datetime]] = field(default_factory=list)
    lapsed: "Applicant | None" = None


class Oracle:
    """Says what each deadline must be."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.spans: list[Span] = []

    def of(self, applicant: Applicant) -> list[Span]:
        """Return the suspensions where an applicant is."""
        return [span for span in self.spans if span.concerns(applicant)]

    def lost(self, applicant: Applicant, since: datetime) -> list[Interval]:
        """Return the suspended time with a known end that the deadline given at a time could not leave out."""
        spans = self.of(applicant)
        known = united(found for span in spans if (found := span.known(since)) is not None)
        missing = (
            piece
            for span in spans
            if span.known(since) is None and span.end is not None
            for piece in _without((span.start, span.end), known)
        )
        # What was known then, and lasts longer than was known.
        longer = (
            piece
            for span in spans
            if (found := span.known(since)) is not None and span.end is not None and span.end > found[1]
            for piece in _without((found[1], span.end), known)
        )
        return united((max(start, since), end) for start, end in (*missing, *longer) if end > since)

    def moved(self, applicant: Applicant) -> datetime:
        """Return the latest of the told dates after the lost time."""
        assert applicant.told is not None
        assert applicant.since is not None
        told = [(applicant.told, applicant.since), *applicant.promised]
        return max(self._moved(applicant, *one) for one in told)

    def _moved(self, applicant: Applicant, told: datetime, since: datetime) -> datetime:
        """Return a told date after the lost time; it is on no day off and in no suspension with a known end."""
        return self.hours.moved(self.on_working_day(told), self.lost(applicant, since))

    def on_working_day(self, at: datetime) -> datetime:
        """Return an instant, or the same time of the next working day; closing stays closing."""
        day = at.astimezone(SHANGHAI).date()
        if self.hours.is_working(day):
            return at
        later = self.hours.working_day_from(day)
        if at.astimezone(SHANGHAI).hour == 18:
            return self.hours.closing(later)
        return at + (later - day)

    def is_held(self, applicant: Applicant, at: datetime | None) -> bool:
        """Say whether a suspension without a known end keeps a deadline from passing."""
        return at is not None and any(span.end is None and span.start < at for span in self.of(applicant))

    def is_closed_for(self, applicant: Applicant, now: datetime) -> bool:
        """Say whether work is suspended where an applicant is."""
        return any(span.is_on(now) for span in self.of(applicant))


def _without(piece: Interval, others: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of an interval outside of others that do not overlap."""
    start, end = piece
    for begin, finish in others:
        if finish <= start or begin >= end:
            continue
        if begin > start:
            yield start, begin
        start = max(start, finish)
    if start < end:
        yield start, end


def template() -> Path:
    """Return a folder with a database of some cases of different provinces and agents."""
    folder = Path(tempfile.mkdtemp(prefix="deadlines-"))
    (folder / "files").mkdir()
    site = Site(folder / "w.db").create()
    desk = Desk(site, folder / "files")
    for number in range(1, CASES + 1):
        more = {"province": PROVINCES[number % 3], "agent": AGENTS[number % 2]}
        row = application(
            f"A-{number}",
            **PERSON,
            msisdns=f"1391234560{number}",
            handler_id_no=ID_NUMBERS[number - 1],
            **more,
        )
        desk.applications(row)
        desk.documents(f"A-{number}", INDIVIDUAL_DOCUMENTS[:3], agent=more["agent"])
    site.close()
    return folder


@dataclass
class Life:
    """One random life of an office with some applicants, step by step against the oracle."""

    seed: int
    folder: Path
    trace: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.site = Site(self.folder / "w.db", ManualClock())
        self.desk = Desk(self.site, self.folder / "files", files=100)
        self.reader = Reader(self.site.path)
        with self.services("admin").context.read() as session:
            calendar = self.services("admin").context.calendar(session)
        self.off: dict[date, bool] = {}
        self.oracle = Oracle(Hours(lambda day: self.off.get(day, calendar.is_working(day))))
        self.stored = self.reader.stored()
        applications = {row["id"]: row for row in self.reader.rows("application")}
        self.applicants = {
            row["id"]: Applicant(row["id"], found["province"], row["agent"])
            for row in self.stored.cases.values()
            if (found := applications[row["application_id"]])
        }

    def services(self, login: str) -> Services:
        """Return the services of a person."""
        return self.site.services(login)

    @property
    def now(self) -> datetime:
        """The time of the office."""
        at: datetime = self.site.clock.at
        return at

    def live(self) -> None:
        """Give deadlines, and let things happen; fail with the trace of the life."""
        try:
            self._live()
        except AssertionError as error:
            raise AssertionError(f"life {self.seed}: {error}\n" + "\n".join(self.trace)) from error
        finally:
            self.reader.close()
            self.site.close()

    def _live(self) -> None:
        steps = [self.give_a_deadline] * 4 + [self.time_passes] * 4 + [self.suspend] * 3
        steps += [self.resume] * 2 + [self.set_a_day] * 2 + [self.hand_in] * 2 + [self.take_back]
        for _step in range(STEPS):
            self.changed: list[Span] = []
            self.random.choice(steps)()
            self.check()
            self.site.clock.at += timedelta(seconds=1)
        with self.services("admin").context.read() as session:
            assert audit_log.verify(session).is_whole
            assert list(log_faults(session)) == []

    def note(self, what: str, text: str = "") -> None:
        """Note what happened."""
        TALLY[what] += 1
        self.trace.append(f"{self.now.astimezone(SHANGHAI):%m-%d %a %H:%M:%S} {what} {text}")

    # --- What happens ------------------------------------------------------------------------------------------------

    def give_a_deadline(self) -> None:
        """Ask an applicant to rectify or to answer, or fail the case for good."""
        verdict = self.random.choice(["rectify", "rectify", "answer", "fail"])
        request = {
            "rectify": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FIXABLE, "reasons": ("ID-NAME",)},
            "answer": {
                "verdict": Verdict.PENDING,
                "reasons": ("WAIT-APPLICANT",),
                "waits_for": WaitsFor.APPLICANT,
            },
            "fail": {"verdict": Verdict.FAIL, "fail_kind": FailKind.FINAL, "reasons": ("ID-RIC",)},
        }[verdict]
        found = self.services("a").claims.next()
        header = getattr(found, "header", None)
        if header is None:
            return
        self.services("a").verdicts.decide(VerdictRequest(case_id=header.id, **request))  # type: ignore[arg-type]
        if verdict == "fail":
            self.services("b").checks.approve(header.id, "x")
        self.note(verdict, str(header.id))
        self.stored = self.reader.stored()
        self._take_deadline(self.applicants[header.id], self.now)

    def _take_deadline(self, applicant: Applicant, since: datetime) -> None:
        """Take over a deadline as it was given: on a working day, and in no suspension that is known to end later."""
        applicant.since, applicant.given, applicant.promised, applicant.lapsed = since, None, [], None
        applicant.told = applicant.stored = self._in_force(applicant)
        if applicant.told is not None:
            day = applicant.told.astimezone(SHANGHAI).date()
            assert self.oracle.hours.is_working(day), (applicant, "is given a day off")
            for span in self.oracle.of(applicant):
                assert span.end is None or not span.start < applicant.told < span.end, (applicant, span)

    def time_passes(self) -> None:
        """Let time pass, and tick; what passed must pass, and nothing else."""
        hours = self.random.choice([1, 5, 24, 24, 72, 120])
        self.site.clock.at += timedelta(hours=hours, seconds=self.random.randrange(60))
        self.note("time", f"{hours} h")
        before = self.stored
        self.services("a").ticking.tick()
        self.stored = self.reader.stored()
        for applicant in self.applicants.values():
            row, old = self.stored.cases[applicant.id], before.cases[applicant.id]
            is_closed = self.oracle.is_closed_for(applicant, self.now)
            may_pass = not is_closed and not self.oracle.is_held(applicant, applicant.stored)
            if old["state"] == "rectifying":
                has_passed = applicant.stored is not None and applicant.stored < self.now and may_pass
                assert (row["state"] == "lapsed") == has_passed, (applicant, row["state"])
                TALLY["lapsed"] += has_passed
            if old["state"] == "pending":
                today = self.now.astimezone(SHANGHAI).date()
                has_passed = applicant.stored is not None and applicant.stored.astimezone(SHANGHAI).date() < today
                assert (row["state"] == "queued") == (has_passed and may_pass), (applicant, row["state"])
                TALLY["went on"] += has_passed and may_pass
            for letter in self._new_letters(before.notices, applicant):
                assert not is_closed or letter["kind"] not in {"deadline-near", "incomplete", "still-incomplete"}, (
                    applicant,
                    letter["kind"],
                )
            if row["state"] == "lapsed" and old["state"] != "lapsed":
                # The letter about the lapse opens the time to appeal; a suspension may still take the lapse back.
                applicant.lapsed = replace(applicant)
                applicant.stored = applicant.told = applicant.since = None

    def suspend(self) -> None:
        """Suspend work: now or before, with or without an end, everywhere, in a province or at an agent."""
        scope = self.random.choice(["all", "province", "agent"])
        province = self.random.choice(PROVINCES[:2]) if scope == "province" else None
        agent = self.random.choice(AGENTS) if scope == "agent" else None
        start = self.now + timedelta(hours=self.random.choice([0, 0, 0, -30, 30]))
        end = self.random.choice([None, None, start + timedelta(days=self.random.choice([1, 2, 4, 9]))])
        new = NewSuspension(from_at=start, to_at=end, reason="x", province=province, agent=agent)
        suspending, before = self.services("sup").suspending, self.stored
        try:
            planned = suspending.suspend(new, dry_run=True)
        except WrongUsage:
            return
        done = suspending.suspend(new)
        self.note("suspend", f"{scope} {province or agent or ''} {start} - {end}")
        self.stored = self.reader.stored()
        (number,) = done.suspension_ids
        span = Span(number, start, province, agent, [(self.now, end)])
        waiting = {one.id: one.stored for one in self.applicants.values()}
        self.oracle.spans.append(span)
        self.changed = [span]
        assert planned.cases == done.cases
        told = 0
        for applicant in self.applicants.values():
            letters = [row for row in self._new_letters(before.notices, applicant) if row["kind"] in OFFICE_MOVES]
            told += bool(letters)
            assert len(letters) <= 1, (applicant, letters)
            at = waiting[applicant.id]
            if at is not None and before.cases[applicant.id]["state"] in ASKED:
                has_effect = start < at and (end is None or self.oracle.moved(applicant) > at)
                is_told = span.concerns(applicant) and has_effect
                assert bool(letters) == is_told, (applicant, at, "is told" if letters else "is not told")
        assert told == done.notified_count, (told, done)

    def resume(self) -> None:
        """End all suspensions in force, or one of them by its number."""
        before, one = self.stored, None
        running = [span for span in self.oracle.spans if span.end is None or span.end > self.now]
        if running and self.random.random() < 0.5:
            one = self.random.choice(running)
        suspending, number = self.services("sup").suspending, one.id if one else None
        try:
            planned = suspending.resume(suspension_id=number, dry_run=True)
        except NothingAvailable:
            return
        done = suspending.resume(suspension_id=number)
        assert planned.cases == done.cases
        self.note("resume", str(done.suspension_ids))
        self.stored = self.reader.stored()
        ended = self.changed = [span for span in self.oracle.spans if span.id in done.suspension_ids]
        was_told = {
            applicant.id
            for applicant in self.applicants.values()
            if applicant.stored and applicant.since and any(self._is_told_of(applicant, span) for span in ended)
        }
        for span in ended:
            span.ends.append((self.now, max(self.now, span.start)))
        for applicant in self.applicants.values():
            letters = [row for row in self._new_letters(before.notices, applicant) if row["kind"] in OFFICE_MOVES]
            assert len(letters) <= 1, (applicant, letters)
            is_due = applicant.id in was_told and before.cases[applicant.id]["state"] in ASKED
            if is_due and not self.oracle.is_closed_for(applicant, self.now):
                assert len(letters) == 1, (applicant, "is not told of the end")
                assert letters[0]["told_due_at"] == self._in_force(applicant), (applicant, letters[0])

    def take_back(self) -> None:
        """Call off a suspension that was entered by mistake; as no letter was sent, it is as if it had never been."""
        entered = [span for span in self.oracle.spans if span.end != span.start]
        if not entered:
            return
        span = self.random.choice(entered)
        self.services("sup").suspending.resume(suspension_id=span.id, is_mistake=True)
        self.note("taken back", str(span.id))
        self.stored = self.reader.stored()
        span.ends.append((self.now, span.start))
        self.changed = [span]

    def _is_told_of(self, applicant: Applicant, span: Span) -> bool:
        """Say whether an open suspension holds a deadline that was given before, so that its start was told."""
        assert applicant.stored is not None
        assert applicant.since is not None
        is_held = span.end is None and span.concerns(applicant) and span.start < min(applicant.stored, self.now)
        return is_held and span.ends[0][0] > applicant.since

    def set_a_day(self) -> None:
        """Set a coming day off, or take that back."""
        day = self.now.astimezone(SHANGHAI).date() + timedelta(days=self.random.randrange(1, 15))
        stored = [one.stored.astimezone(SHANGHAI).date() for one in self.applicants.values() if one.stored]
        on, before = self.random.choice([day, *self.off, *stored]), self.stored
        is_working = self.oracle.hours.is_working(on)
        if on <= self.now.astimezone(SHANGHAI).date() or (not is_working and on not in self.off):
            return
        moved_before = {
            one.id: one.stored
            for one in self.applicants.values()
            if is_working and one.stored and one.stored.astimezone(SHANGHAI).date() == on
        }
        self.services("admin").calendars.set_day(DaySetting(on=on, working=not is_working), "x")
        self.off[on] = not is_working
        self.oracle.hours.known.clear()
        self.note("day off" if is_working else "day on", str(on))
        self.stored = self.reader.stored()
        for applicant in self.applicants.values():
            if applicant.id in moved_before and before.cases[applicant.id]["state"] in ASKED:
                letters = self._new_letters(before.notices, applicant)
                assert [row["kind"] for row in letters] == ["deadline-moved"], (applicant, letters)
                TALLY["moved by a day off"] += 1
        for applicant in self.applicants.values():
            self._keep_date(applicant)

    def _keep_date(self, applicant: Applicant) -> None:
        """Let the date in force stay told if the calendar of now would make it earlier."""
        if applicant.stored is None or applicant.told is None or applicant.given is None:
            return
        moved = self.oracle.moved(applicant)
        latest = self.oracle.hours.leaving_time(moved, applicant.given)
        if self.stored.cases[applicant.id]["state"] == "pending":
            latest = self.oracle.hours.closing(latest.astimezone(SHANGHAI).date())
        if applicant.stored > latest:
            # What was entered at the same instant is part of the date.
            applicant.promised.append((applicant.stored, applicant.given + timedelta(microseconds=1)))

    def hand_in(self) -> None:
        """Let an applicant hand in what was asked for; it is in time until the deadline, or while it cannot pass."""
        applicant = self.random.choice(list(self.applicants.values()))
        state, remarks = self.stored.cases[applicant.id]["state"], self.services("a").remarks
        is_in_time = applicant.stored is not None and (
            self.now <= applicant.stored or self.oracle.is_held(applicant, applicant.stored)
        )
        try:
            if state == "rectifying":
                remarks.resubmit(applicant.id)
            elif state == "failed":
                self.services("a").appeals.file(applicant.id, "x")
                is_in_time = True if applicant.stored is None else is_in_time
            else:
                return
        except NotAllowed:
            assert not is_in_time, (applicant, "handed in in time")
            self.note("refused", f"{applicant.id} {state}")
        else:
            assert is_in_time, (applicant, "handed in too late")
            self.note("handed in", f"{applicant.id} {state}")
        self.stored = self.reader.stored()

    # --- What must hold ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare each deadline in force with the oracle; one that was told is never made shorter."""
        for applicant in self.applicants.values():
            actual, lapsed = self._in_force(applicant), applicant.lapsed
            if actual is not None and applicant.told is None and lapsed is not None:
                applicant.told, applicant.since, applicant.stored = lapsed.told, lapsed.since, lapsed.stored
            if actual is None or applicant.told is None:
                if actual is None:
                    applicant.told = applicant.stored = None
                continue
            assert applicant.stored is not None
            moved = self.oracle.moved(applicant)
            is_concerned = any(span.concerns(applicant) for span in self.changed)
            if not is_concerned and self.oracle.hours.is_working(applicant.stored.astimezone(SHANGHAI).date()):
                # Without a change of a suspension, only a day off moves a deadline that falls on it (art. 203).
                moved = applicant.stored
            is_pending = self.stored.cases[applicant.id]["state"] == "pending"
            expected = moved
            if moved > max(applicant.stored, self.now):
                expected = self.oracle.hours.leaving_time(moved, self.now)
            if is_pending:
                expected = self.oracle.hours.closing(expected.astimezone(SHANGHAI).date())
            fit = {expected} if expected >= applicant.stored else {expected, applicant.stored}
            assert actual in fit, (
                applicant,
                "is",
                actual.astimezone(SHANGHAI),
                "not",
                [one.astimezone(SHANGHAI) for one in fit],
            )
            applicant.given = self.now if actual != applicant.stored else applicant.given
            applicant.stored = actual

    def _in_force(self, applicant: Applicant) -> datetime | None:
        """Return the deadline of an applicant in the database."""
        row = self.stored.cases[applicant.id]
        if row["state"] == "rectifying":
            (found,) = [
                one for one in self.stored.rectifications.values() if one["case_id"] == applicant.id and one["is_open"]
            ]
            at: datetime = found["deadline_at"]
            return at
        if row["state"] == "pending" and row["waits_for"] == "applicant":
            return self.oracle.hours.closing(date.fromisoformat(row["next_action_on"]))
        return None

    def _new_letters(self, before: dict[int, Row], applicant: Applicant) -> list[Row]:
        """Return the letters to an applicant that the last act wrote and did not cancel."""
        rows = (row for number, row in self.stored.notices.items() if number not in before)
        return [row for row in rows if row["case_id"] == applicant.id and row["cancelled_at"] is None]


def live(seed: int, started: Path) -> None:
    """Live one life in a copy of the template."""
    with tempfile.TemporaryDirectory(prefix="life-") as folder:
        copy_office(started, Path(folder) / "office")
        Life(seed, Path(folder) / "office").live()
