"""The quality review: samples of decisions, second opinions on them, and who was right."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from db.columns import free_text, instant_column, long_text, partial_index, short_text
from db.models.row import CasePartRow, NumberedRow

OPEN_OPINION = "given_at IS NULL"
"""The condition of the index of the opinions whose reader still reads; a person reads one case at a time."""


class SampleRow(NumberedRow, table=True):
    """One draw of decisions from a period.

    Attributes:
        from_on: The first day of the period; `to_on` is the last one.
        seed: Together with the decisions of the period it says which are drawn.
        by: What the strata are made of, separated by commas.
        strata: The number of decisions in each stratum of the period, as JSON.
        left_out: The number of decisions that could not be drawn, by cause, as JSON.
    """

    __tablename__ = "quality_sample"

    from_on: date
    to_on: date
    size: int
    seed: int
    by: str = short_text(64)
    strata: str = long_text("{}")
    left_out: str = long_text("{}")
    drawn_at: datetime = instant_column()
    drawn_by_id: int = Field(foreign_key="reviewer.id")


class SampledDecisionRow(CasePartRow, table=True):
    """A decision that was drawn, or added because its right answer is known."""

    __tablename__ = "sampled_decision"
    __table_args__ = (UniqueConstraint("sample_id", "decision_id"),)

    sample_id: int = Field(foreign_key="quality_sample.id")
    decision_id: int = Field(foreign_key="decision.id", index=True)
    stratum: str = short_text(200)
    is_golden: bool = False


class OpinionRow(CasePartRow, table=True):
    """A second opinion on a sampled decision. It moves nothing of the case.

    Attributes:
        given_at: Null while its reader still reads.
        reasons: The codes as a JSON list.
    """

    __tablename__ = "opinion"
    __table_args__ = (partial_index("ix_opinion_open", "reviewer_id", where=OPEN_OPINION, unique=True),)

    sampled_id: int = Field(foreign_key="sampled_decision.id", unique=True)
    reviewer_id: int = Field(foreign_key="reviewer.id")
    opened_at: datetime = instant_column()
    given_at: datetime | None = instant_column(nullable=True)
    verdict: str = short_text(8)
    fail_kind: str = short_text(8)
    reasons: str = long_text("[]")
    note: str = free_text()


class AdjudicationRow(CasePartRow, table=True):
    """What a third person says about two differing opinions: `stands` is first, second or neither."""

    __tablename__ = "adjudication"

    sampled_id: int = Field(foreign_key="sampled_decision.id", unique=True)
    reviewer_id: int = Field(foreign_key="reviewer.id")
    adjudicated_at: datetime = instant_column()
    stands: str = short_text(8)
    note: str = free_text()


class GoldenAnswerRow(CasePartRow, table=True):
    """The right answer to a decided case, which is mixed into samples."""

    __tablename__ = "golden_answer"

    decision_id: int = Field(foreign_key="decision.id", unique=True)
    verdict: str = short_text(8)
    fail_kind: str = short_text(8)
    reasons: str = long_text("[]")
    note: str = free_text()
    marked_at: datetime = instant_column()
    marked_by_id: int = Field(foreign_key="reviewer.id")
