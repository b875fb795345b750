"""Second opinions: a reader judges a decided case as it was, without knowing what was decided; the case stays.

While a person has an open opinion, every other way to the case is refused to that person: `Context` notes the case in
each transaction, and `case_access` checks it wherever a case is looked up by its number.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlmodel import Session

from db.enums import FailKind, Role, Verdict
from db.models import CaseRow, DecisionRow, EventRow, OpinionRow, SampledDecisionRow
from db.queries.published import DECISION, table_of
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.lifecycle import Actor, missing_role_refusal
from workbench.domain.facts.document_lines import DocumentAccess, DocumentLine
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.case.documents import Documents
from workbench.services.foundation.case_access import visible_case
from workbench.services.foundation.context import READ_BLINDLY, Service
from workbench.services.records.auditing.seen_cases import case_as_seen, has_snapshot

READ, GIVE, RETURN = "quality-read", "quality-opinion", "quality-return"
"""The actions of the events."""

_SAMPLED, _OPINION, _EVENT = table_of(SampledDecisionRow), table_of(OpinionRow), table_of(EventRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindCase:
    """A decided case without what was decided, by whom, and what came of it."""

    casefile: CaseFile
    gaps: tuple[str, ...]
    """Sentences about what cannot be reconstructed."""
    decided_at: datetime
    """When the case was decided, and so the time as of which it is shown."""


@dataclass(frozen=True, slots=True)
class OpinionWork:
    """What a person can read for second opinions."""

    reading: int | None
    """The case that the person reads now."""
    offered: int
    """How many sampled decisions wait that the person may read."""


def reading_refusal(actor: Actor) -> str | None:
    """Return why a person may not give second opinions, or None if they may."""
    return missing_role_refusal(frozenset({Role.REVIEWER}), actor)


class Opinions(Service):
    """Gives a reader sampled cases, and records what the reader would have decided."""

    @property
    def documents(self) -> "BlindDocuments":
        """Opens the documents of the case that this person is reading."""
        return BlindDocuments(self.context)

    def read(self) -> BlindCase | None:
        """Return the case that this person is reading, or the next one; None if no sampled case is left for the person.

        Raises:
            NotAllowed: If the person is no reviewer.
        """
        with self.context.requiring(READ, reading_refusal), self.context.write() as session:
            row = self._open_opinion(session) or self._take(session)
            if row is None:
                return None
            sampled = session.get_one(SampledDecisionRow, row.sampled_id)
            # Only this transaction may read the case that is refused to the person elsewhere.
            session.info.pop(READ_BLINDLY, None)
            decision = session.get_one(DecisionRow, sampled.decision_id)
            seen = case_as_seen(session, self.context, decision, is_masked=True)
            return BlindCase(casefile=_blind(seen.casefile), gaps=seen.gaps, decided_at=decision.decided_at)

    def work(self) -> OpinionWork:
        """Return what this person reads, and how much waits; nothing is taken.

        Raises:
            NotAllowed: If the person is no reviewer.
        """
        with self.context.requiring(READ, reading_refusal), self.context.read() as session:
            return OpinionWork(session.info[READ_BLINDLY], sum(1 for _sampled in self._waiting(session)))

    def give(
        self,
        verdict: Verdict,
        fail_kind: FailKind | None,
        reasons: Sequence[str],
        note: str,
        case_id: int | None = None,
    ) -> int:
        """Record the opinion on the case that this person is reading, and return the number of the case.

        Raises:
            NotAllowed: If the person is no reviewer, or reads no case or another one than `case_id`.
            NotFound: If the policy has no such reason.
            WrongUsage: If there is no reason.
        """
        with self.context.requiring(GIVE, reading_refusal), self.context.write() as session:
            row = self._required_opinion(session, case_id)
            sampled = session.get_one(SampledDecisionRow, row.sampled_id)
            seen = json.loads(session.get_one(DecisionRow, sampled.decision_id).seen)
            # The reader sees the policy of that time.
            known = self.context.policy(session, seen.get("policy_version")).reasons
            if unknown := [code for code in reasons if code not in known]:
                raise NotFound(_("The policy has no reason {codes}.").format(codes=comma_joined(unknown)))
            if not reasons:
                raise WrongUsage(_("An opinion needs a reason, as a verdict does."))
            row.verdict, row.fail_kind = verdict.value, fail_kind.value if fail_kind else ""
            row.reasons, row.note = json.dumps(sorted(set(reasons))), note
            row.given_at = self.context.now()
            session.add(row)
            session.flush()
            self.context.log(session, GIVE, body={"opinion": row.id}, case_id=row.case_id)
            return row.case_id

    def give_back(self, case_id: int | None = None) -> int:
        """Give the case back without an opinion, so that another person reads it, and return its number.

        Raises:
            NotAllowed: If the person reads no case, or another one than `case_id`.
        """
        with self.context.requiring(RETURN, reading_refusal), self.context.write() as session:
            row = self._required_opinion(session, case_id)
            session.delete(row)
            session.flush()
            self.context.log(session, RETURN, case_id=row.case_id)
            return row.case_id

    def _required_opinion(self, session: Session, case_id: int | None) -> OpinionRow:
        row = self._open_opinion(session)
        if row is None or case_id not in {None, row.case_id}:
            raise NotAllowed(
                _("You do not read this case for a second opinion; `workbench quality review` gives you one.")
            )
        return row

    def _open_opinion(self, session: Session) -> OpinionRow | None:
        mine = (_OPINION.c.reviewer_id == self.context.actor.id, _OPINION.c.given_at.is_(None))
        row: OpinionRow | None = session.execute(select(OpinionRow).where(*mine)).scalar_one_or_none()
        return row

    def _take(self, session: Session) -> OpinionRow | None:
        """Open the oldest sampled decision that waits for this person."""
        sampled = next(self._waiting(session), None)
        if sampled is None:
            return None
        me = self.context.actor.id
        row = OpinionRow(
            case_id=sampled.case_id, sampled_id=sampled.id or 0, reviewer_id=me, opened_at=self.context.now()
        )
        session.add(row)
        session.flush()
        self.context.log(session, READ, body={"opinion": row.id}, case_id=sampled.case_id)
        self.context.cache.cases.pop(me, None)
        return row

    def _waiting(self, session: Session) -> Iterator[SampledDecisionRow]:
        """Yield the sampled decisions that nobody reads, and on whose cases this person has never acted."""
        me = self.context.actor.id
        acted = exists().where(_EVENT.c.case_id == _SAMPLED.c.case_id, _EVENT.c.actor_id == me)
        waiting = (
            select(SampledDecisionRow)
            .join(DECISION, and_(DECISION.c.id == _SAMPLED.c.decision_id, DECISION.c.maker_id != me))
            .where(~exists().where(_OPINION.c.sampled_id == _SAMPLED.c.id), ~acted)
            .order_by(_SAMPLED.c.id)
        )
        for sampled in session.execute(waiting).scalars():
            if has_snapshot(session.get_one(DecisionRow, sampled.decision_id)):
                yield sampled


class BlindDocuments(Documents):
    """Lists, opens and copies what the maker could open too, without saying who else did."""

    def _case(self, session: Session, case_id: int) -> CaseRow:
        if session.info[READ_BLINDLY] == case_id:
            session.info.pop(READ_BLINDLY)
        return visible_case(session, case_id)

    def _lines(self, case_id: int) -> tuple[DocumentLine, ...]:
        blind = Opinions(self.context).read()
        if blind is None or blind.casefile.header.id != case_id:
            return ()
        then = {one.sha256 for one in blind.casefile.evidence.documents}
        return tuple(
            replace(line, openings=self._own(line.openings), copies=self._own(line.copies))
            for line in super()._lines(case_id)
            if line.sha256 in then
        )

    def _own(self, accesses: tuple[DocumentAccess, ...]) -> tuple[DocumentAccess, ...]:
        return tuple(access for access in accesses if access.login == self.context.actor.login)


def _blind(casefile: CaseFile) -> CaseFile:
    """Return a case without the acts of people, which name the maker and what was decided."""
    header = replace(casefile.header, held_by=None, held_until=None, assignee=None, returned_to=None)
    return replace(
        casefile,
        header=header,
        history=(),
        decisions=(),
        notice=None,
        notices=(),
        measures=(),
        appeals=(),
        verifications=tuple(replace(line, by="") for line in casefile.verifications),
    )
