"""The acts of the random walk that concern several cases: imports, their undo, documents, policies and campaigns."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant

from db.enums import DocumentKind
from tests.lifecycle.acts import act, in_states
from tests.lifecycle.applicant_acts import local_text
from tests.lifecycle.later_acts import WholeLifeMachine
from tests.lifecycle.model import Case, Document, fits
from workbench.services.intake.batches.publishing import publish
from workbench.services.intake.importing import import_run
from workbench.services.time.campaigns.campaigns import CampaignRequest

SECOND = timedelta(seconds=1)

POLICIES = {
    "strict": ('"actual_user_named"\nop = "="\nvalue = false\nseverity = "', "info", "block"),
    "lenient": ('"actual_user_named"\nop = "="\nvalue = false\nseverity = "', "block", "info"),
}
"""The policies by name: the beginning of a limit, and its severity before and after."""


class ArrivalsMachine(WholeLifeMachine):
    """The random walk in an office whose applications have several cases."""

    @invariant()
    def an_application_has_one_open_case_at_most(self) -> None:
        opened = [case.application for case in self.cases.values() if case.is_open]
        assert len(opened) == len(set(opened)), self.cases

    @act(4, lambda case: not case.is_open, is_policy_changed=st.sampled_from([False, False, True]))
    def import_as_new(self, number: int, is_policy_changed: bool) -> None:
        """Import the application of a closed case as a new one; the policy may change just before it is published."""
        old, self.extra = self.current(self.cases[number].application), self.extra + 1
        if old.is_open:
            return
        row, findings = self.changed_application(old, self.now), self._grave_findings()
        with pytest.MonkeyPatch.context() as patched:
            if is_policy_changed:
                apply = self._policy("same")
                patched.setattr(import_run, "publish", lambda *arguments: publish(*arguments) if apply() else None)
            self.attempt("import", "admin", None, lambda: self.desk.applications(row, as_new=True), allowed=True)
        (new,) = self.new_cases()
        start = self.now.replace(microsecond=0)
        assert new.state == "incomplete" or (new.clock is not None and new.clock.start == start), new
        due_at = self.stored.cases[new.id]["due_at"]
        is_owed = due_at is not None and due_at > self.now
        acts = self._follow_policy() if is_policy_changed else []
        acts += [("policy apply", None)] * is_policy_changed
        letters = self._policy_letters(findings) if is_policy_changed else []
        self.expect("admin", ("import", None), *acts, notices=[*letters, *([(new.id, "receipt")] if is_owed else [])])

    @act(2, at=st.integers(1, 3))
    def undo_an_import(self, at: int) -> None:
        """Undo one of the last imports; what nobody acted on may go, nothing else."""
        if len(self.imports) < at:
            return
        done = self.imports[-at]
        call = self.services("admin").imports.undo
        if not self.attempt("import-undo", "admin", None, lambda: call(done["batch_id"]), allowed=None):
            return
        self.imports.remove(done)
        self.documents = [one for one in self.documents if one.batch_id != done["batch_id"]]
        gone = self.cases.keys() - self.stored.cases.keys()
        undone = [event["case_id"] for event in self.events if event["action"] == "evidence-undone"]
        assert all(self.acted_seq.get(number, 0) < done["seq"] for number in (*gone, *undone))
        freed = {self.cases.pop(number).application for number in gone}
        for number in undone:
            case = self.cases[number]
            case.skipped_by.clear()
            if case.is_open:
                case.changed()
        acts = [("import-undone", None), ("import-swept", None), *(("evidence-undone", number) for number in undone)]
        letters = list[tuple[int, str]]()
        for case in (one for one in self.cases.values() if one.application in freed):
            more, told = self.take_back_early_lapse(case, self.letters_about(case, self.stored_before))
            acts, letters = [*acts, *more], [*letters, *told]
        self.expect("admin", *acts, notices=letters)

    @act(
        5,
        in_states("rectifying", "pending", "lapsed"),
        kind=st.sampled_from([DocumentKind.AGENT_ID_FRONT, DocumentKind.COMMITMENT_LETTER]),
        when=st.sampled_from(["now", "now", "in time", "before the verdict"]),
    )
    def send_a_document(self, number: int, kind: DocumentKind, when: str) -> None:
        """Import a document. The clock moves on before and after it, so that nothing else has the same time."""
        case, self.extra = self.current(self.cases[number].application), self.extra + 1
        if case.state == "incomplete":
            return
        self.site.clock.at += SECOND
        received = self.now
        if when == "in time" and case.ends_at is not None:
            received = min(self.now, case.ends_at - SECOND)
        elif when == "before the verdict" and case.asked_at is not None:
            received = case.asked_at - SECOND
        name, content = f"A-{case.application}", str(self.extra)
        is_due = case.state in {"rectifying", "lapsed"}
        is_over = case.ends_at is not None and received > case.ends_at and not self.suspensions.keep_open(case.ends_at)
        is_late = is_due and is_over
        allowed = case.state not in {"passed", "failed", "withdrawn"} and not is_late
        corrected = self._corrected_lapse(case)
        done = self.attempt(
            "import",
            "admin",
            None,
            lambda: self.desk.documents(name, [kind], received_at=local_text(received), content=content),
            allowed=allowed,
        )
        self.site.clock.at += SECOND
        if not done:
            return
        if case.state != "appealed":
            # What comes during an appeal is new evidence for it, and no answer to the rectification.
            self.documents.append(Document(done[0].batch or 0, case.id, kind, received))
        expected_act = self._take_document(case, received)
        letters = corrected if expected_act in {"resubmit", "lapse-undone"} else ()
        self.expect("admin", ("import", None), (expected_act, case.id), notices=letters)

    def _take_document(self, case: Case, received: datetime) -> str:
        """Change a case by a document; return the expected event."""
        if case.state in {"rectifying", "lapsed"} and not any(self.is_awaited(case, item) for item in case.items):
            case.begin_round(self._last_received(case), self.maker_of(case), self.days_of(case))
            return "resubmit"
        if case.state == "pending" and case.waits_for == "applicant":
            case.to_queue(received)
            return "answer"
        # The letter with its deadline was sent late while a newer case was there.
        is_early = case.state == "lapsed" and self.is_early(case)
        if is_early:
            case.enter("rectifying", received)
            case.take_back_lapse()
        case.new_evidence()
        return "lapse-undone" if is_early else "evidence"

    def _last_received(self, case: Case) -> datetime:
        """Return when the last document for an item of a case was received."""
        return max(one.received_at for one in self.documents if any(fits(one, case, item) for item in case.items))

    @invariant()
    def items_are_received_as_the_published_documents_say(self) -> None:
        opened = {row["case_id"]: number for number, row in self.stored.rectifications.items() if row["is_open"]}
        assert opened.keys() == {case.id for case in self.cases.values() if case.is_rectification_open}
        for case_id, number in opened.items():
            case = self.cases[case_id]
            found = [row["satisfied_at"] is not None for row in self.stored.items if row["rectification_id"] == number]
            expected = [self.is_received(case, item) for item in case.items]
            assert found == expected, (case, found, expected)

    # --- The policy --------------------------------------------------------------------------------------------------

    @act(1, kind=st.sampled_from(["same", "strict", "lenient"]))
    def change_the_policy(self, kind: str) -> None:
        """Put a version into force for open cases; it voids the verdicts and answers that wait."""
        findings = self._grave_findings()
        self.attempt("policy apply", "admin", None, self._policy(kind), allowed=True)
        self.expect("admin", ("policy apply", None))
        self.attempt("policy", "admin", None, self.services("admin").policy_changes.finish, allowed=True)
        letters = self._policy_letters(findings)
        self.expect("admin", *self._follow_policy(), notices=letters)

    def _policy_letters(self, before: dict[int, tuple[int, int]]) -> list[tuple[int, str]]:
        """Return the letters about the policy: to open, complete cases whose findings block or warn otherwise now."""
        now = self._grave_findings()
        changed = [self.cases[number] for number, found in before.items() if now[number] != found]
        return [(case.id, "policy") for case in changed if case.is_open and case.state != "incomplete"]

    def _policy(self, kind: str) -> Callable[[], object]:
        """Write the next version of the policy, and return what puts it into force."""
        self.extra += 1
        policies, path = self.services("admin").policies, Path(self.desk.folder) / f"policy{self.extra}.toml"
        text = f"{policies.in_force().text}\n# {self.extra}\n"
        if kind in POLICIES:
            limit, before, after = POLICIES[kind]
            text = text.replace(limit + before, limit + after)
        path.write_text(text, encoding="utf-8")
        return partial(policies.apply, path, for_open_cases=True)

    def _follow_policy(self) -> list[tuple[str, int | None]]:
        """Change all open cases to the version in force, and return the expected events."""
        opened = [case for case in self.cases.values() if case.is_open]
        for case in opened:
            if case.state == "awaiting_check" and not case.decider:
                owner = case.returned_to or case.maker
                case.to_queue(self.now)
                case.assignee = case.returned_to = owner
                case.maker = ""
            elif case.decider:
                case.state, case.assignee, case.decider = "appealed", case.decider, ""
            case.new_evidence()
        versions = {self.stored.cases[case.id]["policy_version_id"] for case in opened}
        assert len(versions) <= 1
        return [("policy", case.id) for case in opened]

    def _grave_findings(self) -> dict[int, tuple[int, int]]:
        """Return how many findings block and warn, by case."""
        return {number: (row["block_count"], row["warn_count"]) for number, row in self.stored.cases.items()}

    @act(8, in_states("passed"), per_day=st.integers(1, 2))
    def start_a_campaign(self, number: int, per_day: int) -> None:
        """Review all passed cases again, some each working day; a case that waits for another campaign is left out."""
        request = CampaignRequest(rules=("ACT-NO-DATA",), per_day=per_day, reason=f"x {number}")
        call = self.services("admin").campaigns.start
        if not self.attempt("policy campaign", "admin", None, lambda: call(request), allowed=None):
            return
        opened = self.opened_by_campaigns()
        acts = [("campaign", case.id) for pair in opened for case in pair]
        notices = [(new.id, "re-review") for new, _old in opened]
        self.expect("admin", ("policy campaign", None), *acts, notices=notices)
