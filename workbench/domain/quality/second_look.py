"""A decision beside the second opinion on it."""

from dataclasses import dataclass

Answer = tuple[str, str, frozenset[str]]
"""A verdict, the kind of a fail, and the codes of the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLook:
    """A decision with the second opinion on it.

    Attributes:
        maker: Who decided.
        reader: Who gave the second opinion.
        first: The decision.
        second: The second opinion.
        right: The right answer, None if the case is not golden.
        stands: Which of the two stands, as the adjudicator says; empty before.
        adjudication: The adjudicator's reason.
    """

    case_id: int
    sample_id: int
    sampled_id: int
    decision_id: int
    stratum: str
    maker: str
    reader: str
    first: Answer
    second: Answer
    right: Answer | None
    service_class: str
    month: str
    note: str
    stands: str
    adjudicator: str
    adjudication: str

    @property
    def differs(self) -> bool:
        """Whether the second opinion differs from the right answer or, if there is none, from the decision.

        A right answer without reasons is about the verdict alone.
        """
        verdict, kind, reasons = self.right or self.first
        if self.right and not reasons:
            reasons = self.second[2]
        return self.second != (verdict, kind, reasons)
