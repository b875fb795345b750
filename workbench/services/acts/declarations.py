"""The declaration of each act on a case: what it changes, why it cannot be undone, and its reason.

The required roles, states and hold are in `lifecycle`, the keys, words and letters in `act_words`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from workbench.domain.case.lifecycle import Action
from workbench.i18n import N_
from workbench.services.foundation.input_checks import REASON_LENGTH


class Changes(StrEnum):
    """What an act changes in its case; a change of state changes the dates too."""

    NOTHING = auto()
    HOLD = auto()
    DATES = auto()
    STATE = auto()


class NoUndo(StrEnum):
    """Why an act cannot be undone."""

    READS = "it only reads"
    STAYS = "a remark stays, and a later one corrects it"
    REPLACED = "the next act of its kind replaces it"
    ENDED = "another act ends it"
    REDONE = "an undo is final; the person acts again"


@dataclass(frozen=True, slots=True)
class ActReason:
    """The reason that an act requires."""

    missing: str
    """The message if the reason is missing."""
    max_length: int | None = None
    is_comment: bool = True
    """Whether the reason is stored as a comment, because events hold no free text."""


@dataclass(frozen=True, slots=True)
class Act:
    """An act on a case."""

    changes: Changes
    no_undo: NoUndo | None = None
    """Why it cannot be undone, None if it can."""
    reason: ActReason | None = None


_TEXT, _REMARK = N_("The text is empty."), ActReason(N_("The text is empty."), is_comment=False)
_NOTE = ActReason(N_("Checking needs a note; write one."), is_comment=False)
_REASON = ActReason(N_("This takes a reason."), REASON_LENGTH)
_WAIVER = ActReason(N_("A waiver takes a reason."), REASON_LENGTH)
_LEGAL_HOLD = ActReason(N_("A legal hold needs a reason."), REASON_LENGTH, is_comment=False)
_END_OF_HOLD = ActReason(N_("Ending a legal hold needs a reason."), REASON_LENGTH, is_comment=False)
_QUESTION = ActReason(N_("The question is empty."), REASON_LENGTH, is_comment=False)
_ANSWER = ActReason(N_("An answer needs a note."), REASON_LENGTH, is_comment=False)
_INQUIRY_END = ActReason(N_("Withdrawing an inquiry needs a reason."), REASON_LENGTH, is_comment=False)
_SKIPPING = ActReason(N_("Skipping needs a reason; give one."))

EXTEND_DEADLINE = "extend-deadline"
"""The name of an extension of the deadline to rectify, which can be undone, unlike that of a due date."""

ACTS: Mapping[str, Act] = {
    Action.NEXT: Act(Changes.HOLD, NoUndo.ENDED),
    Action.TAKE: Act(Changes.HOLD, NoUndo.ENDED, ActReason(N_("Taking a chosen case needs a reason; give one."))),
    Action.RELEASE: Act(Changes.HOLD, NoUndo.ENDED),
    Action.SKIP: Act(Changes.HOLD, NoUndo.ENDED, _SKIPPING),
    Action.ASIDE: Act(Changes.HOLD, NoUndo.REPLACED),
    Action.ASSIGN: Act(Changes.HOLD, reason=ActReason(N_("Assigning needs a reason; give one."))),
    Action.DECIDE: Act(Changes.STATE),
    Action.APPROVE: Act(Changes.STATE, reason=_NOTE),
    Action.RETURN: Act(Changes.STATE, reason=_NOTE),
    Action.UNDO: Act(Changes.STATE, NoUndo.REDONE),
    Action.COMMENT: Act(Changes.NOTHING, NoUndo.STAYS, ActReason(_TEXT)),
    Action.VERIFY: Act(Changes.NOTHING, NoUndo.STAYS, _REMARK),
    Action.CONTACT: Act(Changes.NOTHING, NoUndo.STAYS, _REMARK),
    Action.INQUIRE: Act(Changes.NOTHING, NoUndo.ENDED, _QUESTION),
    Action.INQUIRY_ANSWER: Act(Changes.STATE, NoUndo.STAYS, _ANSWER),
    Action.INQUIRY_WITHDRAW: Act(Changes.STATE, NoUndo.REDONE, _INQUIRY_END),
    Action.CHECKLIST: Act(Changes.NOTHING, NoUndo.REPLACED),
    Action.JUDGE: Act(Changes.NOTHING, NoUndo.REPLACED),
    Action.ANSWER: Act(Changes.STATE),
    Action.RESUBMIT: Act(Changes.STATE),
    Action.WITHDRAW: Act(Changes.STATE, reason=ActReason(_TEXT)),
    Action.WAIVE: Act(Changes.STATE, reason=_WAIVER),
    Action.REOPEN: Act(Changes.STATE, reason=ActReason(_TEXT)),
    Action.EXTEND: Act(Changes.DATES, NoUndo.REPLACED, _REASON),
    EXTEND_DEADLINE: Act(Changes.DATES, reason=_REASON),
    Action.CLASS: Act(Changes.DATES, NoUndo.REPLACED, _REASON),
    Action.PRIORITY: Act(Changes.DATES, NoUndo.REPLACED, _REASON),
    Action.APPEAL: Act(Changes.STATE),
    Action.APPEAL_DECIDE: Act(Changes.STATE),
    Action.LEGAL_HOLD: Act(Changes.NOTHING, NoUndo.ENDED, _LEGAL_HOLD),
    Action.LEGAL_HOLD_END: Act(Changes.NOTHING, NoUndo.ENDED, _END_OF_HOLD),
    Action.SUSPEND: Act(Changes.DATES, NoUndo.ENDED),
    Action.RESUME: Act(Changes.DATES, NoUndo.ENDED),
    **dict.fromkeys(
        (Action.REVEAL, Action.DOCUMENTS, Action.DOSSIER, Action.FORECAST), Act(Changes.NOTHING, NoUndo.READS)
    ),
}
UNDOABLE = tuple(str(name) for name, act in ACTS.items() if act.no_undo is None)
"""The acts that can be undone; their events have the version of the case before them."""
