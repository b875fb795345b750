"""How the model follows letters that are sent late, and suspensions that undone acts had hidden."""

from collections.abc import Sequence
from datetime import datetime

from tests.lifecycle.clock_model import SHANGHAI, closing_of
from tests.lifecycle.model import Case
from tests.lifecycle.stored import Row, Stored
from tests.lifecycle.time_acts import TimeActs


class LateLetters(TimeActs):
    """Moves the deadlines of the model as late letters, suspensions and taken-back lapses move them."""

    def letters_about(self, case: Case, before: Stored) -> list[Row]:
        """Return the letters about a case that were valid before an act, with the time of sending as it is now."""
        valid = {key: row for key, row in before.notices.items() if row["cancelled_at"] is None}
        of_case = {key: row for key, row in valid.items() if row["case_id"] == case.id}
        return [{**row, "sent_at": self.stored.notices[key]["sent_at"]} for key, row in of_case.items()]

    def moves_deadline(self, case: Case, letter: Row, sent_at: datetime) -> bool:
        """Move the date that a letter gives on if it is late or leaves no time; return whether it moved."""
        hours, kind = self.suspensions.hours, letter["kind"]
        days = hours.days_late(letter["release_at"], sent_at)
        if kind not in {"fail", "pending", "deadline"}:
            return False
        is_newest = kind == "deadline" or letter["decision_id"] == self.stored.in_force(case.id)["id"]
        if kind == "pending":
            return is_newest and self._moves_next_date(case, days, sent_at)
        printed_at, before = letter["told_due_at"], case.ends_at
        if not is_newest or not case.is_rectification_open or not printed_at or not before or case.told is None:
            return False
        deadline, since = case.told
        later = self._later(printed_at, days, sent_at)
        moved_to = self.suspensions.moved(later, since)
        is_moved = moved_to > before and (kind != "deadline" or printed_at == deadline)
        if is_moved:
            case.told, case.moved_to = (later, since), moved_to
        return is_moved

    def _later(self, printed_at: datetime, days: int, sent_at: datetime) -> datetime:
        """Return a printed deadline after so many working days, or one more if the letter leaves too little time."""
        hours, day = self.suspensions.hours, printed_at.astimezone(SHANGHAI).date()
        later = hours.closing(hours.working_days_after(day, days)) if days else printed_at
        leaves_time = hours.leaving_time(later, sent_at) == later
        return later if leaves_time else hours.closing(hours.working_days_after(day, days + 1))

    def _moves_next_date(self, case: Case, days: int, sent_at: datetime) -> bool:
        until_on = self.stored.in_force(case.id)["until_on"]
        is_waiting = case.state == "pending" and case.waits_for == "applicant"
        if not is_waiting or not case.next_on or not until_on or case.asked_at is None:
            return False
        before = case.next_on
        later = self._later(closing_of(until_on), days, sent_at)
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
