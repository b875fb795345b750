"""The texts of the verdict dialog."""

from collections.abc import Iterator
from datetime import date

from textual.content import Content

from screens.shell.view import Symbols, View
from screens.verdict.form_state import VerdictState
from screens.verdict.open_matters import open_matters
from screens.widgets.safe_text import (
    ACCENT,
    ERROR,
    GAP_CELLS,
    MUTED,
    SUCCESS,
    WARNING,
    fitted,
    flowing,
    hanging,
    joined,
    row,
    wrapped,
    wrapped_lines,
)
from screens.widgets.time_field import TimeReader
from workbench.domain.case.case_id import format_case, format_decision
from workbench.domain.case.casefile import CaseFile, ItemRequest, VerdictPreview
from workbench.domain.case.records import ChangesSinceSeen, ChecklistLine
from workbench.domain.case.verdict import is_last_round, is_reason_contradicted, pending_waits_for
from workbench.domain.case.vocabulary import ChecklistValue, FailKind, Verdict, WaitsFor
from workbench.domain.findings.evaluate import has_block
from workbench.domain.policy.policy import OVERRIDE_REASON
from workbench.domain.text.safe import cells
from workbench.i18n import N_, _, comma_joined, current_language, ngettext
from workbench.keys.command import shown_key
from workbench.keys.desk import CHECKLIST, DOCUMENTS
from workbench.keys.registry import FINAL, NOTE, WAIT_FOR, with_keys
from workbench.wording.case.labels import (
    VERDICT_TITLES,
    WAITS_FOR_WORDS,
    check_cause_words,
    numbers_words,
)
from workbench.wording.findings import document_name
from workbench.wording.quotation import is_foreign

KEY = f"{ACCENT} bold"
_WIDTH_BEFORE_LAYOUT = 1_000
"""Wide enough for any line, since there is no width yet."""


def kind_line(
    state: VerdictState, case: CaseFile, preview: VerdictPreview | None, symbols: Symbols, width: int
) -> Content:
    """Return the choices, and at the right whether a second person is needed."""
    right = _check_words(preview) if preview is not None else Content()
    lines = flowing(_choices(state, case, symbols), width)
    if lines[-1].cell_length + right.cell_length + GAP_CELLS > width:
        return Content("\n").join([*lines, right])
    return Content("\n").join([*lines[:-1], row(lines[-1], right, width)])


def marked_line(state: VerdictState, case: CaseFile, width: int) -> Content:
    """Return how many reasons are marked, and which: in words if these fit on the line, else their codes."""
    if not state.reasons:
        return joined((_("no reason marked"), MUTED))
    # Before the first layout, there is no width yet.
    width = width or _WIDTH_BEFORE_LAYOUT
    marked = _("{count} marked:").format(count=len(state.reasons))
    titles = comma_joined(case.policy.reason_title(code, current_language()) for code in state.reasons)
    shown = titles if cells(f"{marked}  {titles}") <= width else comma_joined(state.reasons)
    return Content("\n").join(hanging([(f"{marked}  ", "$text-accent bold")], shown, width))


def _choices(state: VerdictState, case: CaseFile, symbols: Symbols) -> list[Content]:
    """Return the choices, with their key in front; a fail in the last round of the policy leaves none."""
    if state.verdict is Verdict.FAIL and is_last_round(case.policy, case.header.round):
        message = _("round {round} of {most}: only a final fail")
        words = message.format(round=case.header.round, most=case.policy.rectify.max_rounds)
        return [_choice(_("final"), state.fail_kind is FailKind.FINAL, symbols), joined((words, WARNING))]
    if state.verdict is Verdict.FAIL:
        return [
            joined((FINAL.key, KEY)),
            _choice(_("can be rectified"), state.fail_kind is FailKind.FIXABLE, symbols),
            _choice(_("final"), state.fail_kind is FailKind.FINAL, symbols),
        ]
    if state.verdict is Verdict.PENDING:
        chosen = pending_waits_for(state.reasons, case.policy)
        # In the catalogue, this message ends with a space.
        head = joined((WAIT_FOR.key, KEY), (f" {_('waits for ').rstrip()}", MUTED))
        return [head, *(_choice(_(WAITS_FOR_WORDS[who]), who is chosen, symbols) for who in WaitsFor)]
    choices = [joined((_("the case passes"), SUCCESS))]
    if case.findings and not has_block(case.findings) and OVERRIDE_REASON in case.policy.reasons:
        override = case.policy.reason_title(OVERRIDE_REASON, current_language())
        choices.append(joined((_("only a blocking finding needs “{reason}”").format(reason=override), MUTED)))
    return choices


def _choice(words: str, is_chosen: bool, symbols: Symbols) -> Content:  # noqa: FBT001 - a radio button is on or off
    """Return one of the choices as a radio button."""
    if is_chosen:
        return joined((f"{symbols.chosen} ", ""), (words, "bold"))
    return joined((f"{symbols.unchosen} ", MUTED), (words, MUTED))


def _check_words(preview: VerdictPreview) -> Content:
    if not preview.check_for:
        return joined((_("no second person needed"), MUTED))
    why = check_cause_words(preview.check_for)
    if preview.waiver_reason:
        return joined((_("decided by one person, no check: {why}").format(why=why), WARNING))
    return joined((_("a second person checks: {why}").format(why=why), WARNING))


def warning_lines(
    state: VerdictState, case: CaseFile, preview: VerdictPreview, layout: tuple[View, int, int], *, is_confirming: bool
) -> Content:
    """Return the warnings before a confirmation: new evidence, checklist answers, unopened documents, problems.

    Args:
        state: The verdict as filled in.
        case: The case.
        preview: The effects of the verdict, and what is left to do.
        layout: The view, the width, and the most lines for the questions that were answered with no.
        is_confirming: Whether the reviewer pressed the confirming key although a problem is left.
    """
    view, width, max_question_lines = layout
    lines = [
        line
        for message in _special_rules(case, preview)
        for line in wrapped_lines(f"{view.symbols.info} {message}", width, MUTED)
    ]
    if preview.news:
        lines += wrapped_lines(f"{view.symbols.warn} {_news_words(preview.news)}", width, WARNING)
    denied = [line for line in case.checklist if line.answer == ChecklistValue.NO.value]
    if denied:
        message = _("answered no: {questions}").format(questions=_questions(denied))
        shown = fitted(f"{view.symbols.warn} {message}", max_question_lines * (width - 1)).rstrip()
        lines += wrapped_lines(shown, width, WARNING)
    for words in _warnings(state, case, preview, view):
        lines += wrapped_lines(f"{view.symbols.warn} {words}", width, WARNING)
    lines += _omission_lines(case, preview, view, width)
    for item in preview.items:
        if item.deadline_at is not None:
            lines += wrapped_lines(f"{view.symbols.info} {_own_deadline_words(item, case, view)}", width, MUTED)
    texts = (state.letter, *(state.items.get(item.code) for item in preview.items))
    if any(is_foreign(text or "", case.header.language) for text in texts):
        message = _("Your text is in another language than the letter, so the letter shows it as a quotation.")
        lines += wrapped_lines(f"{view.symbols.warn} {message}", width, WARNING)
    if state.letter is not None:
        lines.append(joined((_("You edited the text; it no longer follows the reasons."), MUTED)))
    if preview.problems:
        message = _("to do: {problems}").format(problems=" ".join(preview.problems))
        lines += wrapped_lines(f"{view.symbols.warn} {message}", width, ERROR if is_confirming else WARNING)
    return Content("\n").join(lines)


def _warnings(state: VerdictState, case: CaseFile, preview: VerdictPreview, view: View) -> Iterator[str]:
    """Yield what speaks against the verdict: that no department is asked, what is open, and what the panels deny."""
    can_ask = pending_waits_for(state.reasons, case.policy) is WaitsFor.DEPARTMENT and case.policy.departments
    if state.verdict is Verdict.PENDING and can_ask and not any(line.is_open for line in case.inquiries):
        message = _("No department is asked by this: Esc, then {desk.inquire} asks one, whose answer brings it back.")
        yield with_keys(message)
    yield from open_matters(state, case, preview, view)
    yield from preview.warnings
    yield from _contradictions(state, case, view.symbols)


def _special_rules(case: CaseFile, preview: VerdictPreview) -> Iterator[str]:
    """Yield the special effects of the verdict: nobody checks it, it lifts bars, or its notice corrects another."""
    if preview.waiver_reason:
        message = _("Only one person reviews here ({reason}): no second person checks this; record and notice say so.")
        yield message.format(reason=preview.waiver_reason)
    if preview.restored:
        message = ngettext(
            "This verdict lifts the bar on {number} number: {numbers}.",
            "This verdict lifts the bars on {number} numbers: {numbers}.",
            len(preview.restored),
        )
        yield message.format(number=len(preview.restored), numbers=numbers_words(preview.restored))
    if case.header.corrects_id is not None:
        message = _("The case was opened again: the letter corrects that of verdict {decision}.")
        yield message.format(decision=format_decision(case.header.corrects_id))


_TITLES = {"verdict": N_("{title}, continued from your draft"), "note": N_("{title}, with the note of your draft")}
"""The titles of a dialog, by what comes from the draft."""


def title(case: CaseFile, state: VerdictState) -> str:
    """Return the title of the dialog: the kind of a fail, and what comes from the draft."""
    words = f"{_(VERDICT_TITLES[state.verdict])} {format_case(case.header.id)}"
    words = _(", ").join(filter(None, (words, fail_kind_words(state))))
    return _(_TITLES[state.origin]).format(title=words) if state.origin else words


def fail_kind_words(state: VerdictState) -> str:
    """Return the kind of a fail, "" for other verdicts."""
    words = {FailKind.FIXABLE: _("can be rectified"), FailKind.FINAL: _("final")}
    return words[state.fail_kind] if state.fail_kind is not None else ""


def _own_deadline_words(item: ItemRequest, case: CaseFile, view: View) -> str:
    title = case.policy.reason_title(item.code, current_language())
    when = view.instant(item.deadline_at) if item.deadline_at is not None else ""
    return _("{item}: by {when}; if it is missed, the case lapses.").format(item=title, when=when)


def _contradictions(state: VerdictState, case: CaseFile, symbols: Symbols) -> tuple[str, ...]:
    """Return the warnings that panels contradict marked reasons; empty if none does."""
    codes = [code for code in state.reasons if is_reason_contradicted(code, case)]
    message = _("The panels show {fine} for what these reasons say: {codes}")
    return (message.format(fine=symbols.fine, codes=comma_joined(codes)),) if codes else ()


def _omission_lines(case: CaseFile, preview: VerdictPreview, view: View, width: int) -> list[Content]:
    """Return the unanswered questions and the unopened documents: their names if they fit, else counts and keys."""
    # By the key that shows the omitted things: their names, and their number in words.
    omissions: dict[str, tuple[str, str]] = {}
    unanswered = [line for line in case.checklist if line.question in preview.open_questions]
    if number := len(unanswered):
        named = _("unanswered: {questions}").format(questions=_questions(unanswered))
        message = ngettext("{number} question unanswered", "{number} questions unanswered", number)
        omissions[CHECKLIST.key] = (named, message.format(number=number))
    if number := len(preview.unopened):
        names = comma_joined(document_name(kind, case.policy, current_language()) for kind in preview.unopened)
        message = ngettext("{number} document opened by nobody", "{number} documents opened by nobody", number)
        named = _("opened by nobody: {documents}").format(documents=names)
        omissions[DOCUMENTS.key] = (named, message.format(number=number))
    info = view.symbols.info
    shown = [f"{info} {named} {_where(key)}" for key, (named, _number) in omissions.items()]
    if not all(cells(line) <= width for line in shown):
        numbers = f" {view.symbols.dot} ".join(number_words for _named, number_words in omissions.values())
        shown = wrapped(f"{info} {numbers} {_where(*omissions)}", width)
    return [joined((line, MUTED)) for line in shown]


def _where(*keys: str) -> str:
    """Return which keys lead from the dialog to what is missing."""
    return _("(Esc, then {keys})").format(keys=" / ".join(keys))


def _questions(lines: list[ChecklistLine]) -> str:
    return " ".join(line.text.in_language(current_language()) for line in lines)


def date_words(
    state: VerdictState, preview: VerdictPreview | None, typed: date | None, reader: TimeReader[date], view: View
) -> tuple[str, str]:
    """Return the label of the date, and the typed date, else the one that the preview computed.

    A deadline to rectify is at the closing time of its day.
    """
    is_fail = state.verdict is Verdict.FAIL
    moment = reader.calendar.closing(typed) if is_fail and typed is not None else typed
    if moment is None and preview is not None:
        moment = preview.deadline_at if is_fail else preview.until
    mark = f" {view.symbols.provisional} {_('provisional')}" if preview and preview.is_date_provisional else ""
    label = _("all by") if is_fail else _("until")
    when = reader.words(moment) + mark if moment is not None else ""
    return label, when


def note_hint() -> str:
    """Return the hint where to write a note, for a reviewer who typed one into the date field."""
    return _("A note: {key}.").format(key=shown_key(NOTE.keys[-1]))


def confirm_again_words(news: ChangesSinceSeen) -> str:
    """Return why a verdict must be confirmed twice."""
    if news.has_evidence:
        return _("New evidence has come; confirm once more to decide all the same.")
    return _("The policy has changed; confirm once more to decide all the same.")


def _news_words(news: ChangesSinceSeen) -> str:
    """Return what changed since the reviewer opened the case."""
    if not news.policy:
        return _(
            "New evidence has come since you opened the case. Esc shows it; confirming twice decides all the same."
        )
    message = _("The policy of the case changed to another version since you opened it ({change}).")
    if news.has_evidence:
        message = _("New evidence has come since you opened the case, and its policy changed ({change}).")
    return f"{message.format(change=news.policy)} {_('Esc shows it; confirming twice decides all the same.')}"
