"""Places and ends legal holds; retention erases nothing of a case under legal hold."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import LegalHoldRow
from db.queries.published import chunks, newest_row
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import Action
from workbench.errors import NotAllowed
from workbench.i18n import _
from workbench.services.acts.act import ActInProgress, act_in, acting_on, checked_act_reason
from workbench.services.case.known_people import key_of, redaction_of
from workbench.services.foundation.case_access import logins_of, visible_case
from workbench.services.foundation.context import Service
from workbench.services.queue.listing import Queue

_NO_LIMIT = 1 << 40
_PLACED_TOGETHER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """A legal hold in force; its reason is masked."""

    case_id: int
    reason: str
    placed_at: datetime
    placed_by: str


class LegalHolds(Service):
    """Places and ends legal holds, for supervisors and admins."""

    def place(self, case_id: int, reason: str) -> None:
        """Put a case under legal hold.

        Raises:
            NotAllowed: If the person's roles do not allow it, or the case is under legal hold or erased.
            NotFound: If there is no such case.
            WrongUsage: If no reason is given.
        """
        with acting_on(self.context, Action.LEGAL_HOLD, case_id, reason) as act:
            if _in_force(act.session, case_id) is not None:
                raise NotAllowed(_("{case} is under legal hold already.").format(case=format_case(case_id)))
            self._place(act)

    def place_all(self, filter_text: str, reason: str) -> int:
        """Put the cases of a filter under legal hold, except erased ones and those under hold; return their number.

        Raises:
            NotAllowed: If the person's roles do not allow it.
            FilterProblem: If the filter is invalid.
            WrongUsage: If no reason is given.
        """
        checked_act_reason(Action.LEGAL_HOLD, reason)
        with self.context.acting(Action.LEGAL_HOLD):
            placed = 0
            for case_ids in chunks(Queue(self.context).ids(filter_text, _NO_LIMIT), _PLACED_TOGETHER):
                with self.context.write() as session:
                    placed += sum(self._place_unless_there(session, case_id, reason) for case_id in case_ids)
        return placed

    def _place_unless_there(self, session: Session, case_id: int, reason: str) -> bool:
        case = visible_case(session, case_id)
        if case.erased_at is not None or _in_force(session, case_id) is not None:
            return False
        with act_in(session, self.context, case, Action.LEGAL_HOLD, reason) as act:
            self._place(act)
        return True

    def _place(self, act: ActInProgress) -> None:
        # The row keeps the reason, which retention erases; the event has its digest, as of every row of this table.
        me, now = self.context.actor.id, self.context.now()
        act.session.add(LegalHoldRow(case_id=act.case.id or 0, reason=act.reason, placed_at=now, placed_by_id=me))

    def end(self, case_id: int, reason: str) -> None:
        """End the legal hold of a case.

        Raises:
            NotAllowed: If the person's roles do not allow it, or the case is not under legal hold.
            NotFound: If there is no such case.
            WrongUsage: If no reason is given.
        """
        with acting_on(self.context, Action.LEGAL_HOLD_END, case_id, reason) as act:
            hold = _in_force(act.session, case_id)
            if hold is None:
                raise NotAllowed(_("{case} is under no legal hold.").format(case=format_case(case_id)))
            hold.ended_at, hold.ended_by_id, hold.end_reason = self.context.now(), self.context.actor.id, act.reason

    def list(self) -> tuple[LegalHold, ...]:
        """Return the legal holds in force, oldest first."""
        with self.context.read() as session:
            logins = logins_of(session)
            rows = session.exec(
                select(LegalHoldRow).where(col(LegalHoldRow.ended_at).is_(None)).order_by(col(LegalHoldRow.id))
            ).all()
            return tuple(_shown(session, row, logins) for row in rows)


def _in_force(session: Session, case_id: int) -> LegalHoldRow | None:
    return newest_row(session, LegalHoldRow, LegalHoldRow.case_id == case_id, col(LegalHoldRow.ended_at).is_(None))


def _shown(session: Session, row: LegalHoldRow, logins: dict[int, str]) -> LegalHold:
    case = visible_case(session, row.case_id)
    reason = redaction_of(session, key_of(case)).mask_in(row.reason)
    return LegalHold(
        case_id=row.case_id, reason=reason, placed_at=row.placed_at, placed_by=logins.get(row.placed_by_id, "")
    )
