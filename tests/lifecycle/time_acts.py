"""Time in the walk: it passes, and `tick` handles the dates that have passed."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from tests.lifecycle.acts import act, in_states
from tests.lifecycle.clock_model import SHANGHAI
from tests.lifecycle.hold_acts import HoldActs
from tests.lifecycle.model import CLOCKS_DIFFER, HOLD
from tests.lifecycle.stored import Row

spans = st.sampled_from(
    [
        *(timedelta(seconds=10), timedelta(seconds=61), timedelta(minutes=31)),
        *(timedelta(hours=4), timedelta(days=1), timedelta(days=4)),
    ]
)


class TimeActs(HoldActs):
    """The walk with time."""

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
                one
                for one in self.stored.notices.values()
                if one["case_id"] == case.id and one["kind"] in {"delay", "policy"}
            ]
            early = {one["due_at"] for one in self.reader.rows("delay_notice") if one["case_id"] == case.id}
            assert any(one["created_at"] >= row["due_at"] for one in of_case) or row["due_at"] in early, case
        keys = [(event["case_id"], event["body"].get("due_us")) for event in told if event["action"] == "delay-told"]
        assert len(keys) == len(set(keys))
