"""Draws samples of decisions, and marks decisions whose right answer is known."""

import json
import math
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.enums import FINAL_STATES, FailKind, Role, Verdict
from db.models import DecisionRow, GoldenAnswerRow, OpinionRow, SampledDecisionRow, SampleRow
from workbench.domain.case.case_id import format_case
from workbench.domain.case.lifecycle import missing_role_refusal
from workbench.domain.quality.period import Period
from workbench.domain.quality.sample import FLOOR, allocation, draw
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined
from workbench.services.case.decisions import decision_in_effect
from workbench.services.foundation.case_access import logins_of, visible_case
from workbench.services.foundation.context import Service
from workbench.services.quality.population import STRATA, Population, population_of
from workbench.services.records.auditing.seen_cases import has_snapshot

SAMPLE, GOLDEN = "quality-sample", "quality-golden"
"""The actions of the events."""

GOLDEN_STRATUM = "golden"
"""The stratum of the decisions whose right answer is known; they count by themselves."""

_SEEDS = 2**31

sampling_refusal = partial(missing_role_refusal, frozenset({Role.SUPERVISOR}))
"""Return why a person may not draw samples, or None if they may."""

listing_refusal = partial(missing_role_refusal, frozenset({Role.SUPERVISOR, Role.AUDITOR}))
"""Return why a person may not see all samples, or None if they may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """What to draw: `size` and `seed` have defaults if they are None."""

    period: Period
    size: int | None = None
    by: tuple[str, ...] = ("reviewer", "verdict")
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLine:
    """A sample that was drawn, or would be.

    Attributes:
        id: None for a trial.
        strata: By stratum, the decisions of the period and the drawn ones.
        left_out: By cause, the decisions that could not be drawn.
        opinions: How many have a second opinion.
        left: How many have none yet.
    """

    id: int | None
    period: Period
    size: int
    seed: int
    by: tuple[str, ...]
    strata: Mapping[str, tuple[int, int]]
    left_out: Mapping[str, int]
    drawn: int
    golden: int
    drawn_at: datetime | None = None
    drawn_by: str = ""
    opinions: int = 0
    left: int = 0

    @property
    def decisions(self) -> int:
        """The number of decisions that could be drawn."""
        return sum(size for size, _drawn in self.strata.values())


def strata_of(text: str) -> tuple[str, ...]:
    """Return the parts of strata, written with commas between them as codes or in the words of the screen."""
    by_word = {_(word): part for part, word in STRATA.items()}
    return tuple(by_word.get(part, part) for part in map(str.strip, re.split("[,，、]", text)) if part)


class Samples(Service):
    """Draws samples for supervisors."""

    def draw(self, request: SampleRequest, *, dry_run: bool = False) -> SampleLine:
        """Draw a sample, or with `dry_run` say what would be drawn.

        Raises:
            NotAllowed: If the person is no supervisor.
            WrongUsage: If a stratum is unknown, the size is no positive number, or nothing can be drawn.
        """
        if wrong := [part for part in request.by if part not in STRATA]:
            message = _("Strata cannot be made of {wrong}; choose from {parts}.")
            raise WrongUsage(message.format(wrong=comma_joined(wrong), parts=comma_joined(map(_, STRATA.values()))))
        if request.size is not None and request.size < 1:
            raise WrongUsage(_("A sample has at least one decision."))
        with self.context.requiring(SAMPLE, sampling_refusal):
            transaction = self.context.read if dry_run else self.context.write
            with transaction() as session:
                population = population_of(session, self.context, request.period, request.by)
                if not population.candidates:
                    raise WrongUsage(self._nothing_words(population))
                ratio = self.context.policy(session).sampling.ratio
                size = request.size or max(FLOOR, math.ceil(ratio * len(population.candidates)))
                seed = secrets.randbelow(_SEEDS) if request.seed is None else request.seed
                line = self._line(session, request, population, size, seed)
                return line if dry_run else self._store(session, line, population)

    def _line(
        self, session: Session, request: SampleRequest, population: Population, size: int, seed: int
    ) -> SampleLine:
        wanted = allocation(population.strata, size)
        return SampleLine(
            id=None,
            period=request.period,
            size=size,
            seed=seed,
            by=request.by,
            strata={name: (count, wanted[name]) for name, count in sorted(population.strata.items())},
            left_out=dict(population.left_out),
            drawn=sum(wanted.values()),
            golden=len(_golden(session, population)),
        )

    def _store(self, session: Session, line: SampleLine, population: Population) -> SampleLine:
        row = SampleRow(
            from_on=line.period.first,
            to_on=line.period.last,
            size=line.size,
            seed=line.seed,
            by=",".join(line.by),
            strata=json.dumps(line.strata, ensure_ascii=False),
            left_out=json.dumps(line.left_out),
            drawn_at=self.context.now(),
            drawn_by_id=self.context.actor.id,
        )
        session.add(row)
        session.flush()
        drawn = {candidate.number: candidate.stratum for candidate in draw(population.candidates, line.size, line.seed)}
        golden = _golden(session, population)
        for decision in sorted(drawn.keys() | golden):
            session.add(
                SampledDecisionRow(
                    sample_id=row.id or 0,
                    case_id=population.cases[decision],
                    decision_id=decision,
                    stratum=drawn.get(decision, GOLDEN_STRATUM),
                    is_golden=decision in golden,
                )
            )
        session.flush()
        self.context.log(session, SAMPLE, body={"sample": row.id, "drawn": len(drawn), "golden": len(golden)})
        return _of_row(session, row)

    @staticmethod
    def _nothing_words(population: Population) -> str:
        left_out = sum(population.left_out.values())
        if not left_out:
            return _("The period has no decisions in effect.")
        return _("None of the {count} decisions of the period can be drawn; try another period.").format(count=left_out)

    def list(self) -> tuple[SampleLine, ...]:
        """Return all samples, the newest first.

        Raises:
            NotAllowed: If the person is neither supervisor nor auditor.
        """
        with self.context.requiring(SAMPLE, listing_refusal), self.context.read() as session:
            rows = session.exec(select(SampleRow).order_by(col(SampleRow.id).desc())).all()
            return tuple(_of_row(session, row) for row in rows)

    def mark_golden(
        self, case_id: int, verdict: Verdict, fail_kind: FailKind | None, reasons: Sequence[str], note: str
    ) -> None:
        """Record the right answer to the last decision of a closed case, so that samples mix it in.

        Raises:
            NotFound: If there is no such case, or the policy lacks a reason.
            NotAllowed: If the person is no supervisor, made the decision, or the case is open or erased.
        """
        with self.context.requiring(GOLDEN, sampling_refusal, case_id), self.context.write() as session:
            decision = self._golden_decision(session, case_id)
            known = self.context.policy(session).reasons
            if unknown := [code for code in reasons if code not in known]:
                raise NotFound(_("The policy has no reason {codes}.").format(codes=comma_joined(unknown)))
            old = session.exec(select(GoldenAnswerRow).where(GoldenAnswerRow.decision_id == decision.id)).first()
            row = old or GoldenAnswerRow(case_id=case_id, decision_id=decision.id or 0, marked_by_id=0)
            row.verdict, row.fail_kind = verdict.value, fail_kind.value if fail_kind else ""
            row.reasons, row.note = json.dumps(list(reasons)), note
            row.marked_at, row.marked_by_id = self.context.now(), self.context.actor.id
            session.add(row)
            session.flush()
            self.context.log(session, GOLDEN, body={"decision": decision.id}, case_id=case_id)

    def _golden_decision(self, session: Session, case_id: int) -> DecisionRow:
        case, decision = visible_case(session, case_id), decision_in_effect(session, case_id)
        if case.state not in FINAL_STATES or decision is None or not has_snapshot(decision):
            message = _("{case} is open, was never decided, or is erased; a right answer needs a decided case.")
            raise NotAllowed(message.format(case=format_case(case_id)))
        if decision.maker_id == self.context.actor.id:
            message = _("You decided {case} yourself; another supervisor marks its right answer.")
            raise NotAllowed(message.format(case=format_case(case_id)))
        return decision


def _golden(session: Session, population: Population) -> set[int]:
    return set(session.exec(select(GoldenAnswerRow.decision_id)).all()) & population.cases.keys()


def _given(sample_id: int) -> SelectOfScalar[int]:
    """Return the statement that counts the given opinions of a sample."""
    of_sample = (SampledDecisionRow.sample_id == sample_id, col(OpinionRow.given_at).is_not(None))
    opinions = select(func.count(col(OpinionRow.id)))
    return opinions.join(SampledDecisionRow, col(SampledDecisionRow.id) == OpinionRow.sampled_id).where(*of_sample)


def _of_row(session: Session, row: SampleRow) -> SampleLine:
    sampled = session.exec(select(SampledDecisionRow.is_golden).where(SampledDecisionRow.sample_id == row.id)).all()
    strata, opinions = json.loads(row.strata), session.exec(_given(row.id or 0)).one()
    return SampleLine(
        id=row.id,
        period=Period(row.from_on, row.to_on),
        size=row.size,
        seed=row.seed,
        by=tuple(filter(None, row.by.split(","))),
        strata={name: (size, drawn) for name, (size, drawn) in strata.items()},
        left_out=json.loads(row.left_out),
        drawn=sum(drawn for _size, drawn in strata.values()),
        golden=sum(sampled),
        drawn_at=row.drawn_at,
        drawn_by=logins_of(session).get(row.drawn_by_id, "?"),
        opinions=opinions,
        left=len(sampled) - opinions,
    )
