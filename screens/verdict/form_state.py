"""The state of the verdict form, which becomes a draft or a request, and the actions that the form needs."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from pydantic import TypeAdapter
from textual.message import Message

from screens.widgets.time_field import TimeReader
from workbench.domain.case.casefile import CaseFile, DecisionResult, ItemRequest, VerdictPreview, VerdictRequest
from workbench.domain.case.items import asks_for_items, documents_in
from workbench.domain.case.verdict import PASS_REASONS, is_last_round, pending_waits_for
from workbench.domain.case.vocabulary import FailKind, Measure, Verdict
from workbench.domain.clock.typed.reading import read_date
from workbench.domain.clock.typed.reference import UnclearTime
from workbench.domain.findings.evaluate import preselected_reasons
from workbench.errors import WorkbenchError
from workbench.wording.letters import letter_for_reader

if TYPE_CHECKING:
    from workbench.services.wiring import Services

Choice = TypeVar("Choice")

LEAVE_OUT, ADD = frozenset("-–—－"), frozenset("+＋")
"""The texts that leave an item out, and the beginnings of texts that add to it; also as input methods type them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictState:
    """An unfinished verdict."""

    verdict: Verdict
    fail_kind: FailKind | None = None
    reasons: tuple[str, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)
    """The texts of items that the reviewer changed, by reason code."""
    until: str = ""
    """The text of the date field; empty means the date that the policy sets."""
    measure: Measure = Measure.NONE
    numbers: tuple[str, ...] = ()
    """The keyed hashes of the numbers that the measure concerns; () for all."""
    letter: str | None = None
    """The text for the applicant; None means the texts of the reasons."""
    note: str = ""
    """The internal note."""
    origin: Literal["", "verdict", "note"] = field(default="", compare=False)
    """What comes from the draft: the whole verdict, only the note, or nothing."""

    @classmethod
    def of(cls, case: CaseFile, verdict: Verdict) -> Self:
        """Return the initial state: from the draft if it has this verdict, else from the findings.

        In the last round of the policy, a fail is final whatever the draft says.
        """
        note = str(case.draft.get("note", ""))
        draft = case.draft.get("verdict")
        fail_kind = None
        if verdict is Verdict.FAIL:
            fail_kind = FailKind.FINAL if is_last_round(case.policy, case.header.round) else FailKind.FIXABLE
        if isinstance(draft, Mapping) and draft.get("verdict") == verdict.value:
            state: Self = _ADAPTER.validate_python({**draft, "note": note})
            # The policy may have removed a reason since.
            reasons = tuple(code for code in state.reasons if code in case.policy.reasons)
            # The draft chooses the kind of fail only while a fail can still be rectified.
            fail_kind = state.fail_kind if fail_kind is FailKind.FIXABLE else fail_kind
            return replace(state, reasons=reasons, fail_kind=fail_kind, origin="verdict")
        items = unfixed_texts(case) if verdict is Verdict.FAIL else {}
        return cls(
            verdict=verdict,
            fail_kind=fail_kind,
            reasons=tuple(dict.fromkeys((*items, *preselected_reasons(case.findings, verdict, case.policy)))),
            items={code: text for code, text in items.items() if text},
            note=note,
            origin="note" if note else "",
        )

    def to_draft(self) -> dict[str, Any]:
        """Return the state as JSON for the draft, which keeps the note separately."""
        body: dict[str, Any] = _ADAPTER.dump_python(self, mode="json", exclude={"note", "origin"})
        return body

    def toggled(self, code: str, waiting: Collection[str] = ()) -> Self:
        """Return the state with a reason marked or unmarked, the newest last.

        Only one reason to pass stays marked, and only one of those that say whom the case is `waiting` for.
        """
        if code in self.reasons:
            return replace(self, reasons=tuple(marked for marked in self.reasons if marked != code))
        exclusive = next((group for group in (PASS_REASONS, waiting) if code in group), ())
        return replace(self, reasons=(*(marked for marked in self.reasons if marked not in exclusive), code))

    @property
    def is_fixable(self) -> bool:
        """Whether the applicant can rectify the fail."""
        return self.verdict is Verdict.FAIL and self.fail_kind is FailKind.FIXABLE

    @property
    def checked_parts(self) -> tuple[object, ...]:
        """The parts that decide whether a second person is needed."""
        return self.fail_kind, self.reasons, self.measure

    def request(self, case: CaseFile, until: date | None, *, accepts_new_evidence: bool) -> VerdictRequest:
        """Return the request to the services; `accepts_new_evidence` accepts evidence that arrived meanwhile."""
        header = case.header
        items, only_items = self._item_requests(case)
        request = VerdictRequest(
            case_id=header.id,
            verdict=self.verdict,
            fail_kind=self.fail_kind,
            reasons=self.reasons,
            note=self.note,
            letter=self.letter,
            items=items,
            only_items=only_items,
            until=until,
            measure=self.measure,
            numbers=self.numbers if self.measure is not Measure.NONE else (),
            waits_for=pending_waits_for(self.reasons, case.policy) if self.verdict is Verdict.PENDING else None,
            fence=header.fence,
            evidence_no=None if accepts_new_evidence else header.evidence_no,
        )
        return request if asks_for_items(request) else replace(request, items=(), only_items=False)

    def _item_requests(self, case: CaseFile) -> tuple[tuple[ItemRequest, ...], bool]:
        """Return the items that the reviewer changed, and whether the letter asks for these items only.

        The text `-` leaves out the item of its reason. A text that begins with `+` adds documents or other words to it;
        `+` alone adds nothing.
        """
        typed = {code: self.items.get(code, "").strip() for code in self.reasons}
        texts = {code: "" if text in ADD else text for code, text in typed.items()}
        has_dropped = any(text in LEAVE_OUT for text in texts.values())
        items: list[ItemRequest] = []
        for code, text in texts.items():
            if text[:1] in ADD:
                kinds = documents_in(text[1:], case.policy)
                added = [ItemRequest(code=kind) for kind in kinds] or [ItemRequest(code=code, text=text[1:].strip())]
                items += [ItemRequest(code=code), *added]
            elif text not in LEAVE_OUT and (text or has_dropped):
                items.append(ItemRequest(code=code, text=text))
        return tuple(items), has_dropped


def unfixed_texts(case: CaseFile) -> dict[str, str]:
    """Return the items that were judged partly or not fixed: by reason, the text with which to ask for each again.

    The text is empty if the finding of the reason is still there, because the text of the reason then says enough. An
    item that is a document is listed under the reason of the last fail that asks for documents.
    """
    reasons, rules_with_finding = case.policy.reasons, {finding.rule for finding in case.findings}
    last = next((line.reasons for line in reversed(case.decisions_in_effect) if line.verdict is Verdict.FAIL), ())
    document_reason = next((code for code in last if code in reasons and reasons[code].names_documents), None)
    texts: dict[str, str] = {}
    for item in case.unfixed_items:
        if item.judged is None:
            continue
        if item.code in reasons:
            texts[item.code] = "" if item.code in rules_with_finding else item.text
        elif document_reason is not None:
            other_documents = texts.get(document_reason)
            texts[document_reason] = f"{other_documents};{item.code}" if other_documents else item.code
    return {code: text for code, text in texts.items() if Verdict.FAIL in reasons[code].verdicts}


_ADAPTER: TypeAdapter[Any] = TypeAdapter(VerdictState)
"""Turns a state into a draft, and back."""


def next_choice(chosen: Choice | None, choices: Sequence[Choice]) -> Choice:
    """Return the choice after `chosen`; the first one follows the last."""
    return choices[(choices.index(chosen) + 1) % len(choices)] if chosen in choices else choices[0]


class FormEdited(Message):
    """The reviewer typed into a part of the form; `changes` are the changed fields of its `VerdictState`."""

    def __init__(self, **changes: Any) -> None:
        super().__init__()
        self.changes = changes


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictActions:
    """What the verdict dialog needs from the desk and the services."""

    decide: Callable[[VerdictRequest], Awaitable[Any]]
    """Records what is filled in; its result is that of the dialog."""
    keep_draft: Callable[[str, Any], None]
    """Changes a part of the draft, given its name and value."""
    date_reader: TimeReader[date]
    """Reads the date field."""
    preview: Callable[[VerdictRequest], VerdictPreview | None] = lambda _request: None
    letter: Callable[[VerdictRequest], str] = lambda _request: ""
    """Returns the whole letter of a verdict, with its gloss."""
    recent_reasons: tuple[str, ...] = ()
    """The codes of the reasons that were used last, newest first."""
    has_effects: bool = True
    """Whether the verdict has a letter, items and measures; a second opinion has none."""
    heading: str = ""
    """The title of the dialog, "" for that of a verdict."""

    @classmethod
    def load(
        cls,
        services: "Services",
        now: Callable[[], datetime],
        decide: Callable[[VerdictRequest], Awaitable[DecisionResult]],
        keep_draft: Callable[[str, Any], None],
        case: CaseFile,
        state: VerdictState,
    ) -> tuple[Self, VerdictPreview | None]:
        """Read the actions of a dialog and its first preview before it opens, so that it is painted only once.

        The preview is None if it fails; the dialog then requests it again, and shows the error.
        """
        reader = TimeReader(calendar=services.calendars.in_force(), now=now, parse=read_date)
        verdicts = services.verdicts
        actions = cls(
            preview=verdicts.preview,
            letter=lambda request: letter_for_reader(*verdicts.letter(request), case.header.language),
            decide=decide,
            keep_draft=keep_draft,
            date_reader=reader,
            recent_reasons=verdicts.recent_reasons(case.header.id),
        )
        try:
            until = reader.read(state.until) if state.until.strip() else None
        except UnclearTime:
            until = None
        try:
            return actions, verdicts.preview(state.request(case, until, accepts_new_evidence=False))
        except WorkbenchError:
            return actions, None
