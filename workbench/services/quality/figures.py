"""How far first and second opinions agree, and who was right where they differ."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import RowMapping, and_, select
from sqlmodel import Session

from db.enums import Role, Verdict
from db.models import (
    AdjudicationRow,
    DecisionReasonRow,
    GoldenAnswerRow,
    OpinionRow,
    ReviewerRow,
    SampledDecisionRow,
    SampleRow,
)
from db.queries.published import CASE, DECISION, table_of
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.lifecycle import missing_role_refusal
from workbench.domain.quality.agreement import Agreement, Estimate, Pair, agreement_of, jaccard_of
from workbench.domain.quality.second_look import SecondLook
from workbench.errors import NotAllowed, NotFound, WrongUsage
from workbench.i18n import _, comma_joined, with_remark
from workbench.services.foundation.context import READ_BLINDLY, Service
from workbench.services.quality.samples import GOLDEN_STRATUM

ADJUDICATE, REPORT = "quality-adjudicate", "quality-report"
"""The actions of the events."""
STANDS = ("first", "second", "neither")
"""Which opinion can stand, as a third person says it."""

_ADJUDICATORS = frozenset({Role.SUPERVISOR})
_MAY_SEE_FIGURES = frozenset({Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR})
_MAY_SEE_ALL = frozenset({Role.SUPERVISOR, Role.AUDITOR})

_SAMPLE, _SAMPLED, _OPINION = table_of(SampleRow), table_of(SampledDecisionRow), table_of(OpinionRow)
_ADJUDICATION, _REASON, _PERSON = table_of(AdjudicationRow), table_of(DecisionReasonRow), table_of(ReviewerRow)
_GOLDEN = table_of(GoldenAnswerRow)

adjudicating_refusal = partial(missing_role_refusal, _ADJUDICATORS)
"""Return why a person may not adjudicate, or None if they may."""
_figures_refusal = partial(missing_role_refusal, _MAY_SEE_FIGURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFigures:
    """How far people agree on a sample.

    Attributes:
        verdicts: Weighted by strata.
        by: The agreement on verdicts without weights, first by what the sample is divided by ("reviewer", "class" or
            "month"), then by a reviewer such as "rev1", a class or a month.
        reasons: By code, the agreement on whether the code is a reason.
        jaccard: The mean Jaccard index of the sets of reasons; None with too few pairs.
        golden: How many opinions are on golden cases, and how many of those are right.
        stands: How often a third person said which opinion stands.
        waiting: How many differing opinions wait for a third person.
    """

    sample_id: int
    verdicts: Agreement
    by: Mapping[str, Mapping[str, Agreement]]
    reasons: Mapping[str, Agreement]
    jaccard: Estimate | None
    golden: tuple[int, int]
    stands: Mapping[str, int]
    waiting: int


class Quality(Service):
    """Compares first and second opinions for one person."""

    def figures(self, sample_id: int | None = None) -> QualityFigures:
        """Return the figures of a sample, by default the newest one; reviewers get those of their own decisions only.

        Raises:
            NotAllowed: If the person has no role that reads figures.
            NotFound: If there is no such sample.
        """
        with self.context.requiring(REPORT, _figures_refusal), self.context.read() as session:
            sample = self._sample(session, sample_id)
            looks = [look for look in _looks(session, sample.id or 0) if self._may_see(look)]
            sizes = _sizes_of(sample)
        return _figures_of(sample.id or 0, looks, sizes)

    def differing(self, sample_id: int | None = None) -> tuple[SecondLook, ...]:
        """Return the differing opinions of a sample; reviewers get those on their own decisions, once adjudicated."""
        with self.context.requiring(REPORT, _figures_refusal), self.context.read() as session:
            sample = self._sample(session, sample_id)
            looks = [look for look in _looks(session, sample.id or 0) if look.differs and self._may_see(look)]
        # Reviewers learn of a differing opinion only after a third person decided.
        return tuple(look for look in looks if look.stands or self._sees_all)

    def adjudicate(
        self, case_id: int, stands: str, note: str, decision_id: int | None = None, sample_id: int | None = None
    ) -> SecondLook:
        """Record which opinion on a case stands, and why. Nothing of the case changes.

        A decision and a sample tell several opinions on the case apart.

        Raises:
            NotAllowed: If the person is no supervisor, or gave one of the opinions.
            NotFound: If no differing opinion on the case waits.
            WrongUsage: If the note is empty, or several differing opinions are meant.
        """
        if not note.strip():
            raise WrongUsage(_("Say why: --note."))
        with self.context.requiring(ADJUDICATE, adjudicating_refusal, case_id), self.context.write() as session:
            found = (look for look in _looks(session, sample_id, case_id) if look.differs)
            looks = [look for look in found if decision_id in {None, look.decision_id}]
            waiting = [look for look in looks if not look.stands]
            if not waiting:
                message = _("No differing opinions on {case} wait for a third person.")
                raise NotFound(message.format(case=format_case(case_id)))
            # With one left of several, a command that is given twice would take the other opinion.
            if len(looks) > 1:
                raise WrongUsage(_several_words(waiting, len(looks)))
            (look,) = waiting
            if self.context.actor.login in {look.maker, look.reader}:
                raise NotAllowed(_("You gave one of the two opinions; a third person says which stands."))
            row = AdjudicationRow(
                case_id=case_id,
                sampled_id=look.sampled_id,
                reviewer_id=self.context.actor.id,
                adjudicated_at=self.context.now(),
                stands=stands,
                note=note.strip(),
            )
            session.add(row)
            session.flush()
            body = {"adjudication": row.id, "stands": stands}
            self.context.log(session, ADJUDICATE, body=body, case_id=case_id)
            return replace(look, stands=stands, adjudicator=self.context.actor.login, adjudication=row.note)

    def _sample(self, session: Session, sample_id: int | None) -> SampleRow:
        newest = select(SampleRow).order_by(SampleRow.id.desc()).limit(1)  # type: ignore[union-attr]
        row = session.get(SampleRow, sample_id) if sample_id else session.execute(newest).scalar_one_or_none()
        if row is None:
            raise NotFound(_("There is no such sample; `workbench quality list` shows all."))
        return row

    def _may_see(self, look: SecondLook) -> bool:
        return self._sees_all or look.maker == self.context.actor.login

    @property
    def _sees_all(self) -> bool:
        return missing_role_refusal(_MAY_SEE_ALL, self.context.actor) is None


def agreement_in(session: Session, sample: SampleRow) -> Agreement:
    """Return the agreement on verdicts in a sample."""
    drawn = [look for look in _looks(session, sample.id) if look.stratum != GOLDEN_STRATUM]
    return agreement_of([_verdicts(look) for look in drawn], tuple(Verdict), _sizes_of(sample))


def _several_words(waiting: Iterable[SecondLook], count: int) -> str:
    """Return why a case does not say which of its differing opinions is meant."""
    sample = _("sample {number}")
    names = (with_remark(format_decision(look.decision_id), sample.format(number=look.sample_id)) for look in waiting)
    message = _("{count} differing opinions match. Name one of these with --decision and --sample: {candidates}.")
    return message.format(count=count, candidates=comma_joined(names))


def _sizes_of(sample: SampleRow) -> Mapping[str, int]:
    """Return the number of decisions in each stratum of a sample."""
    return {name: size for name, (size, _drawn) in json.loads(sample.strata).items()}


def _looks(session: Session, sample_id: int | None, case_id: int | None = None) -> Iterable[SecondLook]:
    """Yield the given opinions of a sample or on a case with the decisions that they are about."""
    maker, reader, third = _PERSON.alias("maker"), _PERSON.alias("reader"), _PERSON.alias("third")
    statement = (
        select(
            *(_SAMPLED.c[name] for name in ("case_id", "sample_id", "decision_id", "stratum")),
            _SAMPLED.c.id.label("sampled_id"),
            maker.c.login.label("maker"),
            reader.c.login.label("reader"),
            DECISION.c.verdict,
            DECISION.c.fail_kind,
            DECISION.c.decided_at,
            CASE.c.service_class,
            _OPINION.c.verdict.label("second_verdict"),
            _OPINION.c.fail_kind.label("second_fail_kind"),
            _OPINION.c.reasons,
            _OPINION.c.note,
            *(_GOLDEN.c[name].label(f"right_{name}") for name in ("verdict", "fail_kind", "reasons")),
            _ADJUDICATION.c.stands,
            third.c.login.label("adjudicator"),
            _ADJUDICATION.c.note.label("adjudication"),
        )
        .join(_OPINION, and_(_OPINION.c.sampled_id == _SAMPLED.c.id, _OPINION.c.given_at.is_not(None)))
        .join(DECISION, DECISION.c.id == _SAMPLED.c.decision_id)
        .join(CASE, CASE.c.id == _SAMPLED.c.case_id)
        .join(maker, maker.c.id == DECISION.c.maker_id)
        .join(reader, reader.c.id == _OPINION.c.reviewer_id)
        .outerjoin(_GOLDEN, and_(_GOLDEN.c.decision_id == _SAMPLED.c.decision_id, _SAMPLED.c.is_golden))
        .outerjoin(_ADJUDICATION, _ADJUDICATION.c.sampled_id == _SAMPLED.c.id)
        .outerjoin(third, third.c.id == _ADJUDICATION.c.reviewer_id)
        .order_by(_SAMPLED.c.id)
    )
    if sample_id is not None:
        statement = statement.where(_SAMPLED.c.sample_id == sample_id)
    if case_id is not None:
        statement = statement.where(_SAMPLED.c.case_id == case_id)
    rows = session.execute(statement).mappings().all()
    codes = _reasons_of(session, [row["decision_id"] for row in rows])
    hidden = session.info.get(READ_BLINDLY)
    yield from (_look(row, codes) for row in rows if row["case_id"] != hidden)


def _look(row: RowMapping, codes: Mapping[int, frozenset[str]]) -> SecondLook:
    names = ("case_id", "sample_id", "sampled_id", "decision_id", "stratum", "maker", "reader", "service_class", "note")
    return SecondLook(
        **{name: row[name] for name in names},
        first=(row["verdict"], row["fail_kind"], codes.get(row["decision_id"], frozenset())),
        second=(row["second_verdict"], row["second_fail_kind"], frozenset(json.loads(row["reasons"]))),
        right=None
        if row["right_verdict"] is None
        else (row["right_verdict"], row["right_fail_kind"], frozenset(json.loads(row["right_reasons"]))),
        month=f"{row['decided_at']:%Y-%m}",
        stands=row["stands"] or "",
        adjudicator=row["adjudicator"] or "",
        adjudication=row["adjudication"] or "",
    )


def _reasons_of(session: Session, decisions: list[int]) -> Mapping[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    statement = select(_REASON.c.decision_id, _REASON.c.code).where(_REASON.c.decision_id.in_(decisions))
    for decision, code in session.execute(statement):
        found.setdefault(decision, set()).add(code)
    return {decision: frozenset(codes) for decision, codes in found.items()}


def _figures_of(sample_id: int, looks: list[SecondLook], sizes: Mapping[str, int]) -> QualityFigures:
    drawn = [look for look in looks if look.stratum != GOLDEN_STRATUM]
    verdicts = tuple(Verdict)
    groups: Mapping[str, Callable[[SecondLook], str]] = {
        "reviewer": lambda look: look.maker,
        "class": lambda look: look.service_class,
        "month": lambda look: look.month,
    }
    codes = sorted({code for look in drawn for code in (*look.first[2], *look.second[2])})
    golden = [look for look in looks if look.right is not None]
    sets = [Pair(look.first[2], look.second[2], look.stratum) for look in drawn]
    return QualityFigures(
        sample_id=sample_id,
        verdicts=agreement_of([_verdicts(look) for look in drawn], verdicts, sizes),
        by={
            name: {
                group: agreement_of([_verdicts(look) for look in drawn if key(look) == group], verdicts)
                for group in sorted({key(look) for look in drawn})
            }
            for name, key in groups.items()
        },
        reasons={
            code: agreement_of(
                [Pair(code in look.first[2], code in look.second[2], look.stratum) for look in drawn],
                (True, False),
                sizes,
            )
            for code in codes
        },
        jaccard=jaccard_of(sets, sizes),
        golden=(len(golden), sum(not look.differs for look in golden)),
        stands={name: sum(look.stands == name for look in looks) for name in STANDS},
        waiting=sum(look.differs and not look.stands for look in looks),
    )


def _verdicts(look: SecondLook) -> Pair:
    return Pair(Verdict(look.first[0]), Verdict(look.second[0]), look.stratum)
