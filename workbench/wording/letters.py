"""The kinds of letters in words, and sentences about letters that were sent, failed, or were sent too late."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.enums import CaseState, WaitsFor
from workbench.domain.case.casefile import CaseHeader
from workbench.domain.case.lifecycle import VERDICT_WORDS
from workbench.domain.case.records import NoticeLine
from workbench.domain.text.mask import DOT
from workbench.i18n import N_, _, comma_joined, ngettext, sentences_joined
from workbench.wording.amounts import commas

_NEAR = timedelta(days=1)

LETTER_KIND_WORDS: dict[str, str] = {
    **{verdict.value: words for verdict, words in VERDICT_WORDS.items()},
    "receipt": N_("receipt"),
    "delay": N_("delay"),
    "resumed": N_("work resumed"),
    "deadline": N_("deadline extended"),
    "incomplete": N_("documents missing"),
    "still-incomplete": N_("documents still missing"),
    "deadline-moved": N_("deadline moved"),
    "deadline-near": N_("deadline near"),
    "lapsed": N_("lapsed"),
    "lapse-undone": N_("lapse taken back"),
    "waived": N_("item waived"),
    "withdrawn": N_("withdrawn"),
    "expired": N_("continued without an answer"),
    "re-review": N_("re-review"),
    "reopened": N_("opened again"),
    "policy": N_("rules changed"),
    "appeal-received": N_("appeal received"),
    "appeal-decided": N_("appeal decided"),
    "appeal-withdrawn": N_("appeal withdrawn"),
}


FAIL_KIND_WORDS: dict[str, str] = {"fixable": N_("fail, to rectify"), "final": N_("fail, final")}


def letter_kind_words(line: NoticeLine) -> str:
    """Return the kind of a letter in words; a fail is fixable or final."""
    return _(FAIL_KIND_WORDS.get(line.fail_kind or "") or LETTER_KIND_WORDS.get(line.kind, line.kind))


def gloss_heading(language: str) -> str:
    """Return the line above what a letter in another language says to the reader of the screen."""
    return _("The letter goes out in {language}. For you, it says:").format(language=_language_name(language))


def letter_heading(language: str, text: str) -> str:
    """Return the line above what the applicant reads; it says if something in the shown text is masked."""
    words = _("The applicant reads ({language})").format(language=_language_name(language))
    return _(", ").join(filter(None, (words, _mask_words(text))))


def letter_for_reader(body: str, gloss: str, language: str) -> str:
    """Return the masked text of a letter as a screen shows it, below what it says in the language in use."""
    above = (gloss_heading(language), gloss, letter_heading(language, body)) if gloss else (_mask_words(body),)
    return "\n\n".join(filter(None, (*above, body)))


def _language_name(language: str) -> str:
    return _("Chinese") if language == "zh" else _("English")


def _mask_words(text: str) -> str:
    return _("masked here, sent in full") if DOT in text else ""


def has_moving_deadline(line: NoticeLine, header: CaseHeader) -> bool:
    """Say whether an unsent letter gives the applicant the deadline of a case, which moves on if it is sent late."""
    if line.kind == "pending":
        gives_deadline = header.state is CaseState.PENDING and header.waits_for is WaitsFor.APPLICANT
    else:
        is_about_items = line.fail_kind == "fixable" or line.kind == "deadline"
        gives_deadline = is_about_items and header.state in {CaseState.RECTIFYING, CaseState.LAPSED}
    return gives_deadline and line.sent_at is None


def has_passed(line: NoticeLine, now: datetime) -> bool:
    """Say whether a deadline that an unsent letter states is over."""
    return line.deadline_at is not None and line.deadline_at <= now


def stated_deadline_words(line: NoticeLine, now: datetime, when: str) -> str:
    """Return that the deadline in an unsent letter, given in words, has passed or passes within a day; "" if not."""
    if has_passed(line, now):
        return _("its deadline passed {when}").format(when=when)
    is_near = line.deadline_at is not None and line.deadline_at <= now + _NEAR
    return _("its deadline is {when}").format(when=when) if is_near else ""


def failure_words(line: NoticeLine) -> str:
    """Return the words for a failed letter, with the cause as it was reported."""
    message = _("failed, overdue: “{cause}”") if line.is_overdue else _("failed: “{cause}”")
    return message.format(cause=line.failure)


def sent_and_failed_sentence(sent: int, failed: int, already_sent: int = 0) -> str:
    """Return how many letters were marked as sent, how many as failed, and how many had been sent before."""
    message = ngettext("{count} letter is marked as sent.", "{count} letters are marked as sent.", sent)
    sentences = [message.format(count=commas(sent))] if sent or not (failed or already_sent) else []
    if failed:
        message = ngettext("{count} letter failed and stays owed.", "{count} letters failed and stay owed.", failed)
        sentences.append(message.format(count=commas(failed)))
    if already_sent:
        message = ngettext("{count} letter was already sent.", "{count} letters were already sent.", already_sent)
        sentences.append(message.format(count=commas(already_sent)))
    return sentences_joined(sentences)


def overdue_letters_words(number: int) -> str:
    """Return how many letters should have been sent already."""
    return ngettext("{count} letter overdue", "{count} letters overdue", number).format(count=commas(number))


def overdue_measures_words(number: int) -> str:
    """Return how many phone numbers should have been barred or restored already."""
    return ngettext("{count} measure overdue", "{count} measures overdue", number).format(count=commas(number))


def late_letter_sentences(
    moved: Sequence[tuple[str, str]], lapsed: Sequence[str], undone: Sequence[str], queued_again: Sequence[str]
) -> list[str]:
    """Return sentences about the effects of letters that were sent late.

    Args:
        moved: The deadlines that moved, as (case, day).
        lapsed: The cases that stay lapsed.
        undone: The cases whose lapse was taken back, so that they are rectified again.
        queued_again: The cases that returned to the queue on their old date without an answer.
    """
    sentences = []
    if moved:
        cases = comma_joined(f"{case} {day}" for case, day in moved)
        sentences.append(_("Sent late, so these deadlines moved on: {cases}.").format(cases=cases))
    if undone:
        message = _("These cases had lapsed and are rectified again until their new deadline: {cases}.")
        sentences.append(message.format(cases=comma_joined(undone)))
    if lapsed:
        message = _("These cases lapsed although their letters were sent late; a supervisor must look: {cases}.")
        sentences.append(message.format(cases=comma_joined(lapsed)))
    if queued_again:
        message = _("These cases went on without an answer although their letters were sent late: {cases}.")
        sentences.append(message.format(cases=comma_joined(queued_again)))
    return sentences
