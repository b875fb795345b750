"""The check of a staged verdict by a second person, who approves it or returns the case to its maker."""

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session

from db.enums import CaseState
from db.models import CaseRow, DecisionRow, ReviewerRow
from db.queries.claim import holds_of
from workbench.domain.case.appeal import AppealResult
from workbench.domain.case.case_id import format_case
from workbench.domain.case.casefile import CachedCase, CaseFile, DecisionResult
from workbench.domain.case.lifecycle import Action
from workbench.domain.case.records import Waiver
from workbench.domain.case.verdict import NO_OPEN_POINT, open_points
from workbench.domain.filter.case_row import CaseRowView
from workbench.errors import Busy, NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import ActInProgress, act_in, checked_act_reason
from workbench.services.case.assessment import is_contradicted, refresh_findings
from workbench.services.case.casefiles import CaseFiles
from workbench.services.case.decisions import makers_of_staged, newest_decision, reasons_of, waiver_of
from workbench.services.case.measure_orders import choice_hash, chosen_in, logged_choices
from workbench.services.foundation.audit_log import details
from workbench.services.foundation.case_access import case_in_state_for
from workbench.services.foundation.context import Service
from workbench.services.foundation.locations import read_after_act
from workbench.services.foundation.row_values import from_row
from workbench.services.queue.listing import Queue
from workbench.services.review.appeals.checks import AppealChecks
from workbench.services.review.apply_verdict import apply_verdict, decision_result, preview_letter
from workbench.services.review.back_to_queue import return_to_owner, void_verdict
from workbench.services.site import people
from workbench.services.site.presence import absences_on

_MOST_WAITING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRow(CaseRowView):
    """A case whose verdict, or whose answer to an appeal, waits for a check, with the login of its maker."""

    maker: str


class Checks(Service):
    """The checks of one person; nobody can check their own verdict, unless one person reviews alone."""

    def waiting(self) -> tuple[StagedRow, ...]:
        """Return the cases that wait for a check, in the order of the queue."""
        rows = {row.id: row for row in Queue(self.context).page("state:awaiting_check", limit=_MOST_WAITING)}
        with self.context.read() as session:
            makers = makers_of_staged(session, rows)
        # A case without a maker was checked after this page was read.
        return tuple(from_row(StagedRow, row, maker=makers[case]) for case, row in rows.items() if case in makers)

    def why_alone(self) -> str:
        """Return the reason why one person reviews alone, so that nobody can check; "" if several people review."""
        with self.context.read() as session:
            return people.solo_reason(session)

    def why_not(self, case_id: int) -> str:
        """Return why this person may not check a case that they skipped, "" if they did not skip it."""
        with self.context.read() as session:
            return people.skip_refusal(session, self.context, case_id) or ""

    def letter(self, case_id: int) -> tuple[str, str]:
        """Return the whole letter of the staged verdict, masked, and its gloss; two empty texts if none is staged."""
        with self.context.read() as session:
            decision = newest_decision(session, case_id, "staged")
            if decision is None:
                return "", ""
            cached = CaseFiles(self.context).cached(session, case_id)
            case, codes = session.get_one(CaseRow, case_id), reasons_of(session, decision.id)
            return preview_letter(session, self.context, case, decision, cached, codes)

    def approve(
        self, case_id: int, note: str, decision_id: int | None = None, evidence_no: int | None = None
    ) -> DecisionResult | AppealResult:
        """Put a staged verdict or answer to an appeal into force; its notice is released when the grace period ends.

        `decision_id` and `evidence_no` are the ones that the checker saw. The approval is refused if another verdict
        waits now, or if there is new evidence. If evidence has changed a finding that warns or blocks since the
        verdict, the verdict is void and its maker decides again. A change that only the passing of time caused does not
        void it.

        Raises:
            NotFound: If there is no such case.
            Busy: If the verdict or its evidence changed since the checker saw it, or the verdict is void.
            NotAllowed: If no verdict waits for a check, or this person made it.
            WrongUsage: If no note is given and the verdict has an open point.
        """
        if (appeals := AppealChecks(self.context)).is_staged(case_id):
            return appeals.approve(case_id, note)
        with self.context.acting(Action.APPROVE, case_id):
            note = note.strip() or self._standard_note(case_id)
            checked_act_reason(Action.APPROVE, note)
            with self.context.read() as session:
                # If the approval is refused, nothing may be written, not even the findings of today.
                self._staged(session, case_id, Action.APPROVE, decision_id)
            refresh_findings(self.context, case_id)
            with self.context.read() as session:
                cached = CaseFiles(self.context).cached(session, case_id)
            with self.context.write() as session:
                case, decision = self._staged(session, case_id, Action.APPROVE, decision_id)
                if case.version != cached.casefile.header.version or evidence_no not in {None, case.evidence_no}:
                    raise Busy(_case_changed(case_id))
                if not is_contradicted(session, self.context, case, decision.seen, decision.decided_at):
                    return self._approve(session, case, decision, cached, note)
                void_verdict(session, self.context, case)
            message = _(
                "Findings of {case} changed since the verdict, so the verdict is void; the case is back with its maker."
            )
            raise Busy(message.format(case=format_case(case_id)))

    def _standard_note(self, case_id: int) -> str:
        """Return the note of a check that found no open point; "" if the checker must write a note."""
        casefile, me = CaseFiles(self.context).show_current(case_id), self.context.actor.login
        staged = next((line for line in reversed(casefile.decisions) if line.status == "staged"), None)
        needs_note = staged is None or staged.maker == me or open_points(casefile, staged)
        return "" if needs_note else f"{NO_OPEN_POINT} " + _("Checked; there was no open point.")

    def _approve(
        self, session: Session, case: CaseRow, decision: DecisionRow, cached: CachedCase, note: str
    ) -> DecisionResult:
        """Put a staged verdict into force; if its maker approves it because nobody else reviews, record the waiver."""
        context, now = self.context, self.context.now()
        is_own = people.is_same_person(session, context, decision.case_id, decision.maker_id)
        with act_in(session, context, case, Action.APPROVE, note) as act:
            if is_own:
                rules = tuple(json.loads(decision.seen).get("check_for", ())) or ("check",)
                decision.waived = people.waiver_text(Waiver(rules=rules, reason=people.solo_reason(session)))
                decision.status, decision.release_at, decision.check_note = "applied", act.undo_until, act.reason
            else:
                self._record_check(act, decision, "approved")
            case.returned_to_id = None
            notice, orders = apply_verdict(session, context, case, decision, cached, reasons_of(session, decision.id))
            result = decision_result(case, decision, now, notice)
            body = details(
                decision=decision.id,
                verdict=decision.verdict,
                orders=orders,
                **people.waiver_details(waiver_of(decision)),
                same_account=people.shares_account(session, context, decision.case_id, decision.maker_id) or None,
            )
            act.finish(body)
        return result

    def give_back(self, case_id: int, note: str, decision_id: int | None = None) -> CaseFile | AppealResult:
        """Return a case to its owner, see `return_to_owner`: held if that person's limit allows it, otherwise queued.

        Raises:
            NotFound: If there is no such case.
            Busy: If the verdict that waits is not the one with `decision_id`.
            NotAllowed: If no verdict waits for a check, or this person made it.
            WrongUsage: If no note is given.
        """
        if (appeals := AppealChecks(self.context)).is_staged(case_id):
            return appeals.give_back(case_id, note)
        with self.context.acting(Action.RETURN, case_id), self.context.write() as session:
            case, decision = self._staged(session, case_id, Action.RETURN, decision_id)
            with act_in(session, self.context, case, Action.RETURN, note) as act:
                self._record_check(act, decision, "returned")
                self._to_owner(session, case, return_to_owner(session, self.context, case, decision.maker_id))
                act.finish({"decision": decision.id, "verdict": decision.verdict})
        return read_after_act(CaseFiles(self.context).show, case_id)

    def _record_check(self, act: ActInProgress, decision: DecisionRow, status: str) -> None:
        """Record the result of the check, with its note."""
        decision.status, decision.release_at, decision.check_note = status, act.undo_until, act.reason
        decision.checker_id, decision.checked_at = self.context.actor.id, self.context.now()

    def _to_owner(self, session: Session, case: CaseRow, owner_id: int) -> None:
        """Let the owner hold the case; it is assigned too, so that no other person gets it when the hold expires."""
        now, desk = self.context.now(), self.context.policy(session).desk
        case.evidence_no += 1
        if not session.get_one(ReviewerRow, owner_id).is_active:
            case.state, case.assignee_id, case.returned_to_id = CaseState.QUEUED.value, None, None
            return
        holds, is_away = holds_of(session, owner_id, now), absences_on(session, owner_id, self.context.today(session))
        if len(holds.on_desk) < (holds.limit or desk.max_held) and not is_away:
            case.state = CaseState.IN_REVIEW.value
            case.held_by_id, case.aside_until = owner_id, None
            case.held_until = now + timedelta(minutes=desk.hold_minutes)
            case.fence += 1
        else:
            case.state = CaseState.QUEUED.value

    def _staged(
        self, session: Session, case_id: int, action: Action, decision_id: int | None
    ) -> tuple[CaseRow, DecisionRow]:
        """Return a case and its verdict that waits for a check, if this person may check it."""
        case = case_in_state_for(session, self.context, action, case_id)
        decision = newest_decision(session, case_id, "staged")
        if decision is None or (decision_id is not None and decision.id != decision_id):
            raise Busy(_case_changed(case_id))
        policy = self.context.policy(session, case.policy_version_id)
        refusal = people.importer_refusal(session, self.context, case_id, policy)
        if people.is_same_person(session, self.context, case_id, decision.maker_id):
            message = _("You made the verdict on {case}; another person must check it.")
            refusal = message.format(case=format_case(case_id))
        elif case.returned_to_id and people.is_same_person(session, self.context, case_id, case.returned_to_id):
            refusal = _("The case comes back to you if this verdict is returned; another person must check it.")
        is_waived = action is Action.APPROVE and people.solo_reason(session)
        refusal = refusal or people.skip_refusal(session, self.context, case_id)
        if refusal is not None and not is_waived:
            raise NotAllowed(refusal)
        chosen, logged = choice_hash(self.context.store, chosen_in(decision.seen)), logged_choices(session, case_id)
        if action is Action.APPROVE and chosen != logged.get(decision.id or 0, ""):
            message = _("The log does not have these numbers for the verdict on {case}; return it to its maker.")
            raise NotAllowed(message.format(case=format_case(case_id)))
        return case, decision


def _case_changed(case_id: int) -> str:
    return _("{case} changed while you looked at it; look again.").format(case=format_case(case_id))
