"""The history panel: the events of a case, newest first, and the items that the last round required."""

from collections.abc import Iterator

from textual.content import Content

from screens.panels.letters import letters_of
from screens.panels.lines import EMPTY, PanelLine, judgement_mark, labelled, prose, wrapped_heading
from screens.shell.view import Symbols, View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, WARNING, hanging, joined, plain, row, wrapped_lines
from workbench.domain.case.appeal import APPEAL_STATUS_WORDS, AppealLine
from workbench.domain.case.casefile import CaseFile
from workbench.domain.case.records import DecisionLine, ItemLine
from workbench.domain.case.running import is_with_applicant
from workbench.domain.case.vocabulary import AppealStatus, CaseState
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _, current_language
from workbench.keys.registry import with_keys
from workbench.wording.amounts import commas
from workbench.wording.case.history import appeal_outcome_words, detail_words, event_words, items_words
from workbench.wording.case.labels import ITEM_RESULT_WORDS

_MIN_DETAIL_CELLS, _DETAIL_INDENT = 24, 3
"""The cells that details need beside an event, and their indent below the event in a narrow panel."""

_MAX_ENTRY_LINES = 4
"""The most lines of an entry of the history, unless the panel is zoomed."""

_MAX_ITEMS = 6
"""The items that fit into a dialog of a low window."""


def history_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the history panel."""
    latest = next((decision for decision in reversed(case.decisions_in_effect) if decision.items), None)
    lines = _required_items(case, latest, view, width) if latest is not None else []
    for appeal in case.appeals:
        lines += _appeal(appeal, view, width)
    lines += letters_of(case, view, width)
    rows = [
        (f" {view.instant(entry.at)}", event_words(entry), entry.who, detail_words(entry, case))
        for entry in case.history
    ]
    # Each column is one cell wider than its longest text; a Chinese date has up to 20 cells, a name any number.
    when_cells, act_cells, who_cells = (
        max((cells(texts[column]) for texts in rows), default=0) + 1 for column in range(3)
    )
    indent = when_cells + act_cells + who_cells
    is_beside = width - indent >= _MIN_DETAIL_CELLS
    for when, act, who, text in rows:
        time_and_act = [(pad_right(when, when_cells), MUTED), (pad_right(act, act_cells), "")]
        label = [*time_and_act, (pad_right(who, who_cells), MUTED)]
        shown = hanging(label, text, max(width, indent + 1))
        if not is_beside and text:
            shown = [joined(*label), *hanging([(" " * _DETAIL_INDENT, "")], text, width)]
        lines += labelled(act, text or act, *_folded(shown, view))
    return lines


def _folded(lines: list[Content], view: View) -> list[Content]:
    """Return the lines of an entry; of a long one only the first, unless the panel is zoomed."""
    if view.is_whole or len(lines) <= _MAX_ENTRY_LINES:
        return lines
    more = with_keys(_("{count} more lines; {desk.zoom} shows them"))
    hint = f"{' ' * _DETAIL_INDENT}{view.symbols.down} {more.format(count=commas(len(lines) - _MAX_ENTRY_LINES + 1))}"
    return [*lines[: _MAX_ENTRY_LINES - 1], plain(hint, MUTED)]


def _appeal(appeal: AppealLine, view: View, width: int) -> list[PanelLine]:
    """Return the grounds of an appeal, its outcome and the reason; nothing for an appeal that was undone."""
    if appeal.status is AppealStatus.UNDONE:
        return []
    title = _("Appeal ({status})").format(status=_(APPEAL_STATUS_WORDS[appeal.status]))
    received = _("received {when}").format(when=view.instant(appeal.received_at))
    head = wrapped_heading(f"{title} {view.symbols.dot} {received}", width)
    lines = [*head, *prose(_("Grounds"), appeal.grounds, width)]
    if appeal.outcome is not None:
        lines += prose(appeal_outcome_words(appeal.outcome, appeal.to_state), appeal.answer, width)
    return [*lines, EMPTY]


def appealed_lines(case: CaseFile, appeal: AppealLine, view: View, width: int) -> Iterator[Content]:
    """Yield the reasons of the verdict that an appeal is against, and who made it."""
    for decision in case.decisions:
        if decision.id == appeal.decision_id:
            by = _("by {maker}, {when}").format(maker=decision.maker, when=view.instant(decision.decided_at))
            for code in decision.reasons:
                title = case.policy.reason_title(code, current_language())
                yield row(plain(f"  {title}"), plain(by, MUTED), width)
                # The maker stands beside the first reason only.
                by = ""


def item_words(item: ItemLine, view: View) -> str:
    """Return the text of an item to rectify, with its own deadline and the reviewer's judgement if it has them."""
    words = item.text or item.code
    if item.deadline_at is not None:
        words = _("{item} (by {when})").format(item=words, when=view.instant(item.deadline_at))
    return words if item.judged is None else f"{words} {view.symbols.dot} {_(ITEM_RESULT_WORDS[item.judged])}"


def asked_lines(case: CaseFile, view: View, width: int) -> list[Content]:
    """Return the items that the applicant was asked for, and whether each arrived, with a warning if none did."""
    decision = next(reversed(case.decisions_in_effect), None)
    if decision is None or not decision.items:
        return []
    title = _("The applicant was asked for this: {progress}").format(progress=items_words(decision.items))
    lines = [plain(title, MUTED)]
    for item in decision.items[:_MAX_ITEMS]:
        mark = _item_mark(item, view.symbols, is_owed=True)
        lines += hanging([(" ", ""), mark, (" ", "")], item_words(item, view), width)
    if (more := len(decision.items) - _MAX_ITEMS) > 0:
        lines.append(plain(f" {_('and {count} more').format(count=commas(more))}", MUTED))
    if all(item.is_open for item in decision.items):
        warning = _("None of this has come yet. An import of the files records it by itself.")
        lines += wrapped_lines(f"{view.symbols.warn} {warning}", width, WARNING)
    return [*lines, Content()]


def _required_items(case: CaseFile, decision: DecisionLine, view: View, width: int) -> list[PanelLine]:
    """Return the items of a decision; once the case has moved on, the title says that they were required."""
    is_awaited = is_with_applicant(case.header.state, case.header.waits_for)
    is_owed = is_awaited or case.header.state is CaseState.LAPSED
    progress = items_words(decision.items, is_answered=not is_owed)
    title = _("Required in round {round}") if is_awaited else _("Was required in round {round}")
    parts = [title.format(round=decision.round), progress]
    if decision.deadline_at is not None:
        by = _("all by {when}") if is_awaited else _("the deadline was {when}")
        parts.append(by.format(when=view.instant(decision.deadline_at)))
    lines = wrapped_heading(f" {view.symbols.dot} ".join(parts), width)
    for item in decision.items:
        mark = _item_mark(item, view.symbols, is_owed=is_owed)
        lines += map(PanelLine, hanging([(" ", ""), mark, (" ", "")], item_words(item, view), width))
        if item.is_waived:
            waived = _("waived by {login}: {reason}").format(login=item.waived_by or "?", reason=item.waive_reason)
            lines += map(PanelLine, hanging([("   ", "")], waived, width, MUTED))
    return [*lines, EMPTY]


def _item_mark(item: ItemLine, symbols: Symbols, *, is_owed: bool) -> tuple[str, str]:
    """Return the mark of the reviewer's judgement; without one, of whether the item arrived."""
    if item.judged is not None:
        return judgement_mark(item.judged, symbols)
    if not item.is_open:
        return symbols.fine, SUCCESS
    return (symbols.block, ERROR) if is_owed else (symbols.removed, MUTED)
