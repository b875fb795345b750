"""Letters to applicants about verdicts, in the applicant's language."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from db.enums import RESTRICTIONS, ApplicantKind, FailKind, Language, Measure, Verdict, WaitsFor
from workbench.domain.policy.policy import Supplier
from workbench.wording.letter_dates import letter_day, letter_instant, plain_day
from workbench.wording.quotation import quoted_if_foreign

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReason:
    """A reason of the verdict: its code, and its sentence in the applicant's language."""

    code: str
    sentence: str


class LetterItem(NamedTuple):
    """What an applicant must submit or rectify, and by when if this item has a deadline of its own."""

    text: str
    deadline_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What every letter to an applicant says; `agent` is the agent who brought the application, empty without one."""

    language: Language
    applicant_kind: ApplicantKind
    applicant_name: str
    case_no: str
    application_no: str
    agent: str = ""
    supplier: Supplier
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts(Letter):
    """The contents of the letter about a verdict, which never has internal notes.

    `causes` is the text that the reviewer edited, None if unedited. `items` are what the applicant must submit or
    correct, `msisdns` the numbers that the measure concerns, `answer_days` the working days within which an appeal is
    answered. `corrects_decided_at` is when the verdict was decided whose notice this letter corrects.
    `is_decided_alone` says that no second person checked the verdict, although the policy asks for it.
    `provisional_years` are the years with an unpublished calendar that a date in the letter depends on.
    """

    verdict: Verdict
    fail_kind: FailKind | None = None
    reasons: tuple[LetterReason, ...] = ()
    causes: str | None = None
    items: tuple[LetterItem, ...] = ()
    deadline_at: datetime | None = None
    measure: Measure = Measure.NONE
    msisdns: tuple[str, ...] = ()
    waits_for: WaitsFor | None = None
    next_action_on: date | None = None
    appeal_until: date | None = None
    answer_days: int = 7
    decided_at: datetime
    corrects_decided_at: datetime | None = None
    is_decided_alone: bool = False
    provisional_years: tuple[int, ...] = ()

    @property
    def restricts(self) -> bool:
        """Whether the cards are limited or suspended: the letter then needs more information (反诈法, art. 32)."""
        return self.measure in RESTRICTIONS

    @property
    def owes_appeal(self) -> bool:
        """Whether the letter must say how and until when to appeal: after any fail or restriction."""
        return self.verdict is Verdict.FAIL or self.restricts

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of the required fields that are empty."""
        is_fail, is_pending = self.verdict is Verdict.FAIL, self.verdict is Verdict.PENDING
        required = {
            "fail_kind": is_fail,
            "reasons": is_fail or is_pending,
            "deadline_at": is_fail and self.fail_kind is FailKind.FIXABLE,
            "waits_for": is_pending,
            "next_action_on": is_pending,
            "appeal_until": self.owes_appeal,
        }
        return tuple(name for name, is_required in required.items() if is_required and not getattr(self, name))


@dataclass(frozen=True, slots=True)
class ComposedLetter:
    """The subject and body of a letter, as plain text with its values unescaped, and the last day to appeal."""

    subject: str
    body: str
    appeal_until: date | None = None


def causes_text(reasons: Sequence[LetterReason], language: Language) -> str:
    """Return the text of the causes, which the reviewer may edit: one line for each reason, with its code."""
    lines = (
        f"{reason.sentence}（{reason.code}）" if language is Language.ZH else f"{reason.sentence} ({reason.code})"
        for reason in reasons
        if reason.sentence.strip()
    )
    return "\n".join(dict.fromkeys(lines))


def compose(letter: LetterFacts) -> ComposedLetter:
    """Return the letter about a verdict, with the causes as the reviewer edited them.

    The letter about a fail or pending verdict always has causes. If the reviewer deleted all of them, it has the
    sentences of the reasons. It also lists the codes of reasons that the edited text does not mention. A text in
    another language than the letter is quoted.

    Raises:
        ValueError: If a required field is empty.
    """
    if letter.missing:
        raise ValueError(letter.missing)
    causes = _causes(letter)
    decided_on = letter.decided_at.astimezone(ZoneInfo(letter.zone)).date()
    composed = rendered(
        "subject",
        "letter",
        letter,
        items=item_lines(letter.items, letter),
        has_own_deadlines=any(item.deadline_at for item in letter.items),
        causes=quoted_if_foreign(causes, letter.language),
        codes=() if letter.verdict is Verdict.PASS else _codes_left_out(letter.reasons, causes),
        shows_measure=letter.verdict is Verdict.FAIL or letter.measure is not Measure.NONE,
        day=partial(letter_day, language=letter.language),
        decided_day=plain_day(decided_on, letter.language),
    )
    return replace(composed, appeal_until=letter.appeal_until)


def item_lines(items: Iterable[LetterItem], letter: Letter) -> list[str]:
    """Return the items as a letter lists them: a foreign text quoted, an own deadline in brackets."""
    lines = []
    for item in items:
        line = quoted_if_foreign(item.text, letter.language)
        if item.deadline_at is not None:
            until = letter_instant(item.deadline_at, letter.zone, letter.language)
            line += f"（期限：{until}）" if letter.language is Language.ZH else f" (by {until})"
        lines.append(line)
    return lines


def rendered(subject: str, body: str, letter: Letter, **more: object) -> ComposedLetter:
    """Return a letter made from the templates of its subject and body in the applicant's language."""
    context = {
        "letter": letter,
        "supplier": letter.supplier.in_language(letter.language),
        "instant": partial(letter_instant, zone=letter.zone, language=letter.language),
        **more,
    }
    texts = [
        letter_environment().get_template(f"{part}.{letter.language}.jinja").render(context) for part in (subject, body)
    ]
    return ComposedLetter(texts[0].strip(), texts[1].strip())


def _causes(letter: LetterFacts) -> str:
    edited = None if letter.causes is None else letter.causes.strip()
    if edited is None or (not edited and letter.verdict is not Verdict.PASS):
        return causes_text(letter.reasons, letter.language)
    return edited


def _codes_left_out(reasons: Sequence[LetterReason], causes: str) -> tuple[str, ...]:
    codes = dict.fromkeys(reason.code for reason in reasons)
    return tuple(code for code in codes if not re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", causes, re.ASCII))


@cache
def letter_environment() -> "Environment":
    """Return the templates of the letters."""
    # Imported on first use, because Jinja takes long to import and would delay the first screen.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("workbench", "letters"),
        undefined=StrictUndefined,
        # The other templates make plain text, which is escaped where it is shown.
        autoescape=select_autoescape(("html.jinja",), default_for_string=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
