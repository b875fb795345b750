"""The history panel: the events of a case, newest first, and the items that the last round required."""

from screens.panels.history_text import act_words, decisions_in_effect, detail_words
from screens.panels.lines import EMPTY, PanelLine, heading
from screens.shell.view import View
from screens.widgets.safe_text import ERROR, MUTED, SUCCESS, hanging, joined, plain
from workbench.domain.case.casefile import CaseFile, DecisionLine
from workbench.domain.text.safe import cells, pad_right
from workbench.i18n import _
from workbench.wording import amounts


def history_lines(case: CaseFile, view: View, width: int) -> list[PanelLine]:
    """Return the lines of the history panel."""
    latest = next((decision for decision in decisions_in_effect(case) if decision.items), None)
    lines = _required_items(latest, view) if latest is not None else []
    rows = [
        (f" {view.instant(entry.at)}", act_words(entry), entry.who, detail_words(entry, case)) for entry in case.history
    ]
    # Each column is one cell wider than its longest text; a Chinese date has up to 20 cells, a name any number.
    room = [max((cells(row[at]) for row in rows), default=0) + 1 for at in range(3)]
    indent = sum(room)
    for when, act, who, text in rows:
        label = [(pad_right(when, room[0]), MUTED), (pad_right(act, room[1]), ""), (pad_right(who, room[2]), MUTED)]
        lines += map(PanelLine, hanging(label, text, max(width, indent + 10)))
    return lines


def _required_items(decision: DecisionLine, view: View) -> list[PanelLine]:
    came = sum(item.is_satisfied or item.is_waived for item in decision.items)
    title = _("Required in round {round}").format(round=decision.round)
    lines = [heading(f"{title} {view.symbols.dot} {amounts.received(came, len(decision.items))}")]
    for item in decision.items:
        done = item.is_satisfied or item.is_waived
        mark = (view.symbols.fine, SUCCESS) if done else (view.symbols.block, ERROR)
        lines.append(PanelLine(joined((" ", ""), mark, (f" {item.text or item.code}", ""))))
    if decision.deadline_at is not None:
        lines.append(PanelLine(plain(" " + _("all by {when}").format(when=view.instant(decision.deadline_at)), MUTED)))
    return [*lines, EMPTY]
