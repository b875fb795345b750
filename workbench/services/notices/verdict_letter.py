"""Letters to applicants about verdicts, in the applicant's language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple
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


class Bars(NamedTuple):
    """A bar on numbers as letters name it; `msisdns` is empty if no number is known.

    `is_carried_out` says that the carrier may have carried it out, so that lifting it restores the numbers.
    """

    measure: Measure
    msisdns: tuple[str, ...]
    is_carried_out: bool = True


class LetterItem(NamedTuple):
    """What an applicant must submit or rectify, and by when if this item has a deadline of its own."""

    text: str
    deadline_at: datetime | None = None


class Correction(NamedTuple):
    """The notice of a result that a letter corrects: its number, its day and the verdict.

    `later` is a later result than the verdict: `lapsed`, or `passed` or `stands` as the answer to an appeal.
    """

    notice_no: int
    on: date
    verdict: Verdict
    fail_kind: FailKind | None = None
    waits_for: WaitsFor | None = None
    later: str = ""


class OwnDeadlines(NamedTuple):
    """The items of a letter with their own deadlines: their numbers, the earliest, and whether others have none."""

    numbers: tuple[int, ...]
    first: int
    first_at: datetime
    has_others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The contents of every letter to an applicant; `agent` is the agent of the application, empty without one."""

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
    answered, `appeal_until` the last day to appeal or to object. `corrects` is the notice that this letter corrects.
    `bars` are the other bars in force, besides the measure. `lifted` are bars that the applicant was notified of and
    that no longer apply; for a measure that restores, they say which calls work again. `is_misuse` says that a reason
    is about fraud or misuse of the numbers, so that the law against telecom fraud is the basis of a bar (反诈法, art.
    32). `is_decided_alone` says that no second person checked the verdict, although the policy asks for it.
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
    corrects: Correction | None = None
    bars: tuple[Bars, ...] = ()
    lifted: tuple[Bars, ...] = ()
    is_misuse: bool = False
    is_decided_alone: bool = False
    provisional_years: tuple[int, ...] = ()

    @property
    def restricts(self) -> bool:
        """Whether the cards are limited or suspended: the letter then needs more information (反诈法, art. 32)."""
        return self.measure in RESTRICTIONS

    @property
    def also_restored(self) -> tuple[str, ...]:
        """The numbers to restore without a known bar, so that the letter cannot say what was barred."""
        known = {number for bar in self.lifted for number in bar.msisdns}
        return tuple(number for number in self.msisdns if self.measure is Measure.RESTORE and number not in known)

    @property
    def owes_remedy(self) -> bool:
        """Whether the letter must say how and until when to appeal or to object: after any fail or restriction."""
        return self.verdict is Verdict.FAIL or self.restricts

    @property
    def is_appealable(self) -> bool:
        """Whether the case can be appealed; while the review goes on, the applicant can only object."""
        return self.fail_kind is FailKind.FINAL

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
            "appeal_until": self.owes_remedy,
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
    composed = render_letter(
        "subject",
        "letter",
        letter,
        **item_fields(letter.items, letter, letter.deadline_at),
        causes=quoted_if_foreign(causes, letter.language),
        codes=() if letter.verdict is Verdict.PASS else _codes_left_out(letter.reasons, causes),
        shows_measure=letter.verdict is Verdict.FAIL
        or letter.measure is not Measure.NONE
        or bool(letter.lifted or letter.bars),
        day=partial(letter_day, language=letter.language),
        plain=partial(plain_day, language=letter.language),
        decided_day=plain_day(decided_on, letter.language),
    )
    return replace(composed, appeal_until=letter.appeal_until if letter.is_appealable else None)


def item_fields(items: Sequence[LetterItem], letter: Letter, deadline_at: datetime | None) -> dict[str, Any]:
    """Return the fields of a letter about its items: their lines, their own deadlines, and the common deadline.

    A text in another language is quoted, and an item's own deadline is in brackets. The own deadline of a single item
    is the common deadline.
    """
    dated = [(item.deadline_at, number) for number, item in enumerate(items, start=1) if item.deadline_at is not None]
    own = None
    if dated and len(items) == 1:
        deadline_at = dated[0][0]
    elif dated:
        first_at, first = min(dated)
        own = OwnDeadlines(tuple(number for _at, number in dated), first, first_at, has_others=len(dated) < len(items))
    return {"items": _item_lines(items, letter, own), "own": own, "deadline_at": deadline_at}


def _item_lines(items: Sequence[LetterItem], letter: Letter, own: OwnDeadlines | None) -> list[str]:
    lines = []
    for item in items:
        line = quoted_if_foreign(item.text, letter.language)
        if own is not None and item.deadline_at is not None:
            until = letter_instant(item.deadline_at, letter.zone, letter.language)
            line += f"（期限：{until}）" if letter.language is Language.ZH else f" (by {until})"
        lines.append(line)
    return lines


def render_letter(subject: str, body: str, letter: Letter, **more: object) -> ComposedLetter:
    """Render a letter from the templates of its subject and body, in the applicant's language."""
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
def letter_environment(*, is_html: bool = False) -> "Environment":
    """Return the templates of the letters, which produce plain text, or HTML with all values escaped.

    The name of a template does not decide this, because a page imports macros from templates with any name.
    """
    # Imported on first use, because Jinja takes long to import and would delay the first screen.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=PackageLoader("workbench", "letters"),
        undefined=StrictUndefined,
        autoescape=select_autoescape((), (), default=is_html),
        trim_blocks=True,
        lstrip_blocks=True,
    )
