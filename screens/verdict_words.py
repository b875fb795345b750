"""The lines of the verdict dialog."""

from textual.content import Content

from screens.panels.words import CHECK_FOR, MEASURE, WAITS_FOR
from screens.symbols import Symbols
from screens.text import BAD, FAINT, FINE, UNEASY, fitted, joined, row, wrapped
from screens.verdict_state import VerdictState
from screens.view import View
from workbench.domain.casefile import CaseFile, ChecklistLine, VerdictPreview
from workbench.domain.vocabulary import ChecklistValue, FailKind, Measure, Verdict, WaitsFor
from workbench.i18n import _, current

_KEY = "$text-accent bold"


def kind_line(state: VerdictState, preview: VerdictPreview | None, symbols: Symbols, width: int) -> Content:
    """Return the line of choices, and at the right whether a second person is needed."""
    right = _check_words(preview) if preview is not None else Content()
    left = _choices(state, preview, symbols)
    if left.cell_length + right.cell_length + 1 > width:
        return Content("\n").join([left, right])
    return row(left, right, width)


def _choices(state: VerdictState, preview: VerdictPreview | None, symbols: Symbols) -> Content:
    if state.verdict is Verdict.FAIL:
        return joined(
            *_choice(_("can be mended"), state.fail_kind is FailKind.FIXABLE, symbols),
            *_choice(_("final"), state.fail_kind is FailKind.FINAL, symbols),
            ("f", _KEY),
        )
    if state.verdict is Verdict.PENDING:
        chosen = state.waits_for or (preview.waits_for if preview is not None else None)
        parts = [part for who in WaitsFor for part in _choice(_(WAITS_FOR[who]), who is chosen, symbols)]
        return joined((_("waits for "), FAINT), *parts, ("w", _KEY))
    return joined((_("the case passes"), FINE))


def _choice(words: str, is_chosen: bool, symbols: Symbols) -> tuple[tuple[str, str], ...]:  # noqa: FBT001 - a radio button is on or off
    mark = symbols.chosen if is_chosen else symbols.unchosen
    return ((f"{mark} ", "" if is_chosen else FAINT), (f"{words}   ", "bold" if is_chosen else FAINT))


def _check_words(preview: VerdictPreview) -> Content:
    if not preview.check_for:
        return joined((_("no second person needed"), FAINT))
    why = ", ".join(_(CHECK_FOR.get(name, name)) for name in preview.check_for)
    return joined((_("a second person checks: {why}").format(why=why), UNEASY))


def measure_line(state: VerdictState, measures: tuple[Measure, ...]) -> Content:
    """Return what happens to the cards; nothing where the policy leaves no choice."""
    if len(measures) <= 1:
        return Content()
    return joined((_("cards") + "  ", FAINT), (f"{_(MEASURE[state.measure])}   ", ""), ("m", _KEY))


def warning_lines(
    state: VerdictState, case: CaseFile, preview: VerdictPreview, place: tuple[View, int, int]
) -> Content:
    """Return what the reviewer should know before confirming: new evidence, answers, what is missing.

    `place` is the view, the cells of a line, and the most lines that questions may take.
    """
    view, width, most = place
    lines: list[Content] = []
    if preview.has_new_evidence:
        said = _(
            "New evidence has come since you opened the case. Esc shows it; confirming twice decides all the same."
        )
        lines.append(joined((f"{view.symbols.warn} {said}", UNEASY)))
    denied = [line for line in case.checklist if line.answer == ChecklistValue.NO.value]
    if denied:
        said = _("answered no: {questions}").format(questions=_questions(denied))
        lines += _short(f"{view.symbols.warn} {said}", UNEASY, width, most)
    unanswered = [line for line in case.checklist if line.question in preview.open_questions]
    if unanswered:
        said = _("unanswered: {questions}").format(questions=_questions(unanswered))
        lines += _short(f"{view.symbols.info} {said}", FAINT, width, most)
    if preview.unopened:
        said = _("opened by nobody: {documents}").format(documents=_documents(case, preview))
        lines.append(joined((fitted(f"{view.symbols.info} {said}", width).rstrip(), FAINT)))
    if state.letter is not None:
        lines.append(joined((_("You edited the text; it no longer follows the reasons."), FAINT)))
    if preview.problem:
        lines.append(joined((f"{view.symbols.warn} {preview.problem}", UNEASY)))
    return Content("\n").join(lines)


def _documents(case: CaseFile, preview: VerdictPreview) -> str:
    names = case.policy.document_names
    return ", ".join(names[kind].in_language(current()) if kind in names else kind.value for kind in preview.unopened)


def _questions(lines: list[ChecklistLine]) -> str:
    return " ".join(line.text.in_language(current()) for line in lines)


def _short(said: str, style: str, width: int, most: int) -> list[Content]:
    shown = fitted(said, width * most - most).rstrip()
    return [joined((part, style)) for part in wrapped(shown, width)]


def date_words(state: VerdictState, preview: VerdictPreview | None, view: View) -> tuple[str, str]:
    """Return what the date is for, and which one it comes to."""
    label = _("all by") if state.verdict is Verdict.FAIL else _("until")
    if preview is None:
        return label, ""
    if state.verdict is Verdict.FAIL:
        return label, "" if preview.deadline_at is None else view.instant(preview.deadline_at)
    return label, "" if preview.until is None else view.day(preview.until)


def letter_heading(case: CaseFile, width: int) -> Content:
    """Return the heading above the text for the applicant, with its language."""
    language = "中文" if case.header.language == "zh" else "English"
    left = joined((_("The applicant reads ({language})").format(language=language), FAINT))
    return row(left, joined(("e ", _KEY), (_("edit"), FAINT)), width)


def foot(preview: VerdictPreview | None, grace_s: int, *, is_writing: bool) -> Content:
    """Return the keys, others while something is written, and what happens after confirming."""
    staged = preview is not None and bool(preview.check_for)
    then = (
        _("a second person decides; u takes it back until then")
        if staged
        else _("notice goes out {seconds} s later; u takes it back").format(seconds=grace_s)
    )
    confirms, away = ("F8", _("leaves the field")) if is_writing else ("y", _("back"))
    return joined(
        (confirms, _KEY), (f" {_('confirm')}   ", ""), ("Esc", _KEY), (f" {away}   ", ""), (f"  {then}", FAINT)
    )


def refused() -> Content:
    """Say why a press of the confirming key did not count."""
    return joined((_("Too soon: a verdict takes a press of its own. Look, then press y."), UNEASY))


def failed(said: str) -> Content:
    """Say what went wrong; everything that was filled in is still there."""
    return joined((said, BAD))
