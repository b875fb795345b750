"""The letters that tell applicants a verdict, in their own language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from db.enums import ApplicantKind, FailKind, Language, Measure, Verdict, WaitsFor
from workbench.domain.policy.policy import Supplier
from workbench.wording.letter_dates import letter_day, letter_instant

if TYPE_CHECKING:
    from jinja2 import Environment

_RESTRICTIONS = frozenset({Measure.BAR_OUT, Measure.BAR_BOTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReason:
    """A cause: its code and the sentence for the applicant, in the letter's language."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterItem:
    """Something to submit or mend; `due_at` only where it has a deadline of its own."""

    text: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a letter tells; there is no place in it for an internal note.

    `causes` is the body of causes as the reviewer left it in the dialog, None where it was not touched.
    `corrects_decided_at` is when the notice was decided that this one corrects and replaces. `provisional_years` are
    those whose calendar is not published yet and on which a date of the letter leans.
    """

    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str
    case_no: str
    application_no: str
    verdict: Verdict
    fail_kind: FailKind | None = None
    reasons: tuple[LetterReason, ...] = ()
    causes: str | None = None
    items: tuple[LetterItem, ...] = ()
    deadline_at: datetime | None = None
    measure: Measure = Measure.NONE
    waits_for: WaitsFor | None = None
    next_action_on: date | None = None
    appeal_until: date | None = None
    supplier: Supplier
    decided_at: datetime
    zone: str
    corrects_decided_at: datetime | None = None
    provisional_years: tuple[int, ...] = ()

    @property
    def restricts(self) -> bool:
        """Whether the cards are limited or suspended, which brings duties to inform (反诈法, art. 32)."""
        return self.measure in _RESTRICTIONS

    @property
    def owes_appeal(self) -> bool:
        """Whether the letter has to say where and until when to appeal: any fail, any restriction."""
        return self.verdict is Verdict.FAIL or self.restricts

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that a letter of this kind owes the applicant and that are not there."""
        owed: dict[str, object] = {}
        if self.verdict is Verdict.FAIL:
            owed |= {"fail_kind": self.fail_kind, "reasons": self.reasons}
            if self.fail_kind is FailKind.FIXABLE:
                owed["deadline_at"] = self.deadline_at
        if self.verdict is Verdict.PENDING:
            owed |= {
                "reasons": self.reasons,
                "waits_for": self.waits_for,
                "next_action_on": self.next_action_on,
            }
        if self.owes_appeal:
            owed["appeal_until"] = self.appeal_until
        return tuple(name for name, value in owed.items() if not value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedLetter:
    """A letter as it is stored and sent: plain text, as raw as its values."""

    subject: str
    body: str


def causes_text(reasons: Sequence[LetterReason], language: Language) -> str:
    """Return the body of causes for the reviewer to edit: each sentence with its code, one per line."""
    lines = (
        f"{reason.sentence}（{reason.code}）" if language is Language.ZH else f"{reason.sentence} ({reason.code})"
        for reason in reasons
        if reason.sentence.strip()
    )
    return "\n".join(dict.fromkeys(lines))


def compose(letter: LetterFacts) -> ComposedLetter:
    """Return the letter: the causes as the reviewer left them, in the frame that the verdict asks for.

    A reviewer may reword the causes of a fail or a pending, not leave them out: an emptied text gives way to
    the reasons' own, and codes that the text no longer holds are listed below it. Sources: DOMAIN 8.6 and R5.

    Raises:
        ValueError: If a fact is not there that the applicant has to be told.
    """
    if letter.missing:
        raise ValueError(letter.missing)
    context = _context(letter)
    subject, body = (
        environment().get_template(f"{part}.{letter.language}.jinja").render(context).strip()
        for part in ("subject", "letter")
    )
    return ComposedLetter(subject=subject, body=body)


def _context(letter: LetterFacts) -> Mapping[str, object]:
    causes = _causes(letter)
    return {
        "letter": letter,
        "causes": causes,
        "codes": () if letter.verdict is Verdict.PASS else _codes_left_out(letter.reasons, causes),
        "restricts": letter.restricts,
        "owes_appeal": letter.owes_appeal,
        "tells_measure": letter.verdict is Verdict.FAIL or letter.measure is not Measure.NONE,
        "supplier": signature(letter.supplier, letter.language),
        "instant": partial(letter_instant, zone=letter.zone, language=letter.language),
        "day": partial(letter_day, language=letter.language),
        "decided_day": letter_day(letter.decided_at.astimezone(ZoneInfo(letter.zone)).date(), letter.language),
    }


def signature(supplier: Supplier, language: Language) -> Mapping[str, str]:
    """Return what letters say of the supplier, in one language."""
    return {
        "name": supplier.name.in_language(language),
        "phone": supplier.phone,
        "hours": supplier.hours.in_language(language),
        "address": supplier.address.in_language(language),
        "appeal": supplier.appeal.in_language(language),
    }


def _causes(letter: LetterFacts) -> str:
    edited = None if letter.causes is None else letter.causes.strip()
    if edited is None or (not edited and letter.verdict is not Verdict.PASS):
        return causes_text(letter.reasons, letter.language)
    return edited


def _codes_left_out(reasons: Sequence[LetterReason], causes: str) -> tuple[str, ...]:
    codes = dict.fromkeys(reason.code for reason in reasons)
    return tuple(code for code in codes if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", causes, re.ASCII))


@cache
def environment() -> "Environment":
    """Return the templates of the letters."""
    # Importing it takes longer than the first frame may.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("workbench", "letters"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - letters are plain text; what shows them makes them safe
        trim_blocks=True,
        lstrip_blocks=True,
    )
