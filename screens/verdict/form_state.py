"""The state of the verdict form: kept in the draft, turned into a request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from screens.shell.key_guard import Presses
from workbench.domain.case.casefile import CaseFile, Decided, ItemRequest, VerdictPreview, VerdictRequest
from workbench.domain.case.verdict import PASS_REASONS
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict, WaitsFor
from workbench.domain.findings.evaluate import preselected_reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictState:
    """An unfinished verdict; without a `letter` the reasons give the text for the applicant.

    `items` are texts that the reviewer changed, by reason code; `until` is the text of the date field, empty for
    the date of the policy.
    """

    verdict: Verdict
    fail_kind: FailKind | None = None
    reasons: tuple[str, ...] = ()
    items: Mapping[str, str]
    until: str = ""
    measure: Measure = Measure.NONE
    waits_for: WaitsFor | None = None
    letter: str | None = None
    note: str = ""

    @classmethod
    def of(cls, case: CaseFile, verdict: Verdict) -> Self:
        """Return the state to start with: from the draft if it has this verdict, else from the findings."""
        note = str(case.draft.get("note", ""))
        kept = case.draft.get("verdict")
        if isinstance(kept, Mapping) and kept.get("verdict") == verdict.value:
            return cls._kept(kept, case, verdict, note)
        return cls(
            verdict=verdict,
            fail_kind=FailKind.FIXABLE if verdict is Verdict.FAIL else None,
            reasons=preselected_reasons(case.findings, verdict, case.policy),
            items={},
            note=note,
        )

    @classmethod
    def _kept(cls, kept: Mapping[str, Any], case: CaseFile, verdict: Verdict, note: str) -> Self:
        reasons = kept.get("reasons", ())
        letter = kept.get("letter")
        return cls(
            verdict=verdict,
            fail_kind=FailKind(kept["fail_kind"]) if kept.get("fail_kind") else None,
            # The policy may have dropped a reason since.
            reasons=tuple(code for code in reasons if code in case.policy.reasons),
            items={str(code): str(text) for code, text in dict(kept.get("items", {})).items()},
            until=str(kept.get("until", "")),
            measure=Measure(kept.get("measure", Measure.NONE)),
            waits_for=WaitsFor(kept["waits_for"]) if kept.get("waits_for") else None,
            letter=None if letter is None else str(letter),
            note=note,
        )

    def kept(self) -> dict[str, Any]:
        """Return the state as the draft keeps it; the draft keeps the note separately."""
        return {
            "verdict": self.verdict.value,
            "fail_kind": self.fail_kind.value if self.fail_kind else None,
            "reasons": list(self.reasons),
            "items": dict(self.items),
            "until": self.until,
            "measure": self.measure.value,
            "waits_for": self.waits_for.value if self.waits_for else None,
            "letter": self.letter,
        }

    def toggled(self, code: str) -> Self:
        """Return the state with a reason marked or unmarked, the newest last; only one way to pass is marked."""
        if code in self.reasons:
            return replace(self, reasons=tuple(kept for kept in self.reasons if kept != code))
        others = PASS_REASONS - {code} if code in PASS_REASONS else frozenset()
        return replace(self, reasons=(*(kept for kept in self.reasons if kept not in others), code))

    @property
    def is_fixable(self) -> bool:
        """Whether the applicant can rectify the fail."""
        return self.verdict is Verdict.FAIL and self.fail_kind is FailKind.FIXABLE

    def request(self, case: CaseFile, until: date | None, *, knows_newest: bool) -> VerdictRequest:
        """Return the request to the services; `knows_newest` accepts evidence that arrived meanwhile."""
        header = case.header
        changed = self.is_fixable and any(self.items.get(code, "").strip() for code in self.reasons)
        return VerdictRequest(
            case_id=header.id,
            verdict=self.verdict,
            fail_kind=self.fail_kind,
            reasons=self.reasons,
            note=self.note,
            letter=self.letter,
            items=tuple(ItemRequest(code=code, text=self.items.get(code, "").strip()) for code in self.reasons)
            if changed
            else (),
            until=until,
            measure=self.measure,
            waits_for=self.waits_for,
            fence=header.fence,
            evidence_no=None if knows_newest else header.evidence_no,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictActions:
    """What the dialog needs from the desk: preview, give, keep in the draft, and the presses of keys."""

    preview: Callable[[VerdictRequest], VerdictPreview]
    give: Callable[[VerdictRequest], Awaitable[Decided]]
    keep: Callable[[str, Any], None]
    presses: Presses
